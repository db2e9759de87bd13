# Les mots de Rempart en français. Mêmes clés que en.ftl.

and = et
unknown = inconnu
more = … et { $count ->
    [one] { $count } autre
   *[other] { $count } autres
}
more-in-csv = … et { $count } autres, tous dans signals.csv

# Dates
weekday-1 = lun.
weekday-2 = mar.
weekday-3 = mer.
weekday-4 = jeu.
weekday-5 = ven.
weekday-6 = sam.
weekday-7 = dim.
month-1 = janv.
month-2 = févr.
month-3 = mars
month-4 = avr.
month-5 = mai
month-6 = juin
month-7 = juil.
month-8 = août
month-9 = sept.
month-10 = oct.
month-11 = nov.
month-12 = déc.

# Les premières phrases
headline-calm = { $signals ->
    [0] Rien dans ces traces ne raconte une attaque.
    [one] Rien dans ces traces ne raconte une attaque ; { $signals } signal reste isolé.
   *[other] Rien dans ces traces ne raconte une attaque ; { $signals } signaux restent isolés.
}
headline-suspected = { $count ->
    [one] Une machine est suspecte ;
   *[other] { $count } machines sont suspectes ;
}
headline-compromised = { $count ->
    [one] Un attaquant agit sur une machine ;
   *[other] Un attaquant agit sur { $count } machines ;
}
headline-lost = { $count ->
    [one] Une machine est perdue ;
   *[other] { $count } machines sont perdues ;
}
headline-both = { $lost ->
    [one] Une machine est perdue
   *[other] { $lost } machines sont perdues
} et l’attaquant agit sur { $compromised ->
    [one] une autre ;
   *[other] { $compromised } autres ;
}
headline-no-map = sans carte, on ne sait quels soins en dépendent.
headline-no-care = aucun soin n’est touché.
headline-care-untouched = d’après la carte, aucun service de soins n’y perd rien.
headline-care-at-risk = { $count ->
    [one] aucun soin n’est encore perdu, un service est menacé.
   *[other] aucun soin n’est encore perdu, { $count } services sont menacés.
}
headline-care = { $count ->
    [one] un service se dégrade ou s’arrête : { $first }, { $when }.
   *[other] { $count } services de soins se dégradent ou s’arrêtent, d’abord { $first }, { $when }.
}
lede-at-risk = { $count ->
    [one] Si l’attaque continue, un service est touché, ou l’est plus tôt.
   *[other] Si l’attaque continue, { $count } services sont touchés, ou le sont plus tôt.
}
lede-unknown-hosts = { $count ->
    [one] Inconnu : une machine vue dans les traces n’est pas sur la carte.
   *[other] Inconnu : { $count } machines vues dans les traces ne sont pas sur la carte.
}
lede-ambiguous-hosts = { $count ->
    [one] Un nom de machine peut désigner plusieurs équipements.
   *[other] { $count } noms de machines peuvent désigner plusieurs équipements.
}
lede-unreadable = { $count ->
    [one] Un fichier n’a pas pu être lu en entier.
   *[other] { $count } fichiers n’ont pas pu être lus en entier.
}
lede-partial = La lecture a été interrompue : voici ce qui a été trouvé jusque-là.
evidence-line = { $events } événements lus dans { $files ->
    [one] un fichier
   *[other] { $files } fichiers
}, jugés par { $rules } règles : { $signals } signaux. { $unreadable ->
    [0] Rien d’illisible.
    [one] Un fichier illisible, en tout ou partie.
   *[other] { $unreadable } fichiers illisibles, en tout ou partie.
}

# États, postures, niveaux
state-stopped = arrêté
state-degraded = dégradé
state-at-risk = menacé
state-fallback = sur secours
state-up = en marche
stance-suspected = suspect
stance-compromised = compromis
stance-lost = perdu
level-informational = information
level-low = bas
level-medium = moyen
level-high = haut
level-critical = critique
next-stops = s’arrête { $when } (dans { $span })
next-worse = se dégrade { $when } (dans { $span })
next-at-risk = dès { $when } si l’attaque continue
next-at-risk-now = aussitôt si l’attaque continue
next-since = depuis { $when }
care-count = { $count ->
    [one] un service touché
   *[other] { $count } services touchés
}
clock-legend = fin : sur secours · moyen : dégradé · plein : arrêté · pâle : ce qui suivra · tireté : si l’attaque continue · trait vertical : maintenant
holds = tient { $span }

# Parties et colonnes
report-title = Rempart : des journaux aux services de soins menacés
report-footer = Établi par Rempart d’après les traces citées plus haut. Chaque chiffre peut être recalculé à partir des mêmes fichiers. Rempart donne des rappels et des brouillons, pas un avis juridique.
section-care = Soins : ce qui s’arrête, où, quand
section-cut = Couper : ce que cela coûte, ce que cela sauve
section-tell = Prévenir : qui, avant quand
section-restore = Revenir : quoi d’abord
section-chains = Ce qui s’est passé
section-timeline = L’attaque dans le temps, par tactique
section-why = Pourquoi chaque service est touché
section-evidence = Traces : ce qui a été lu, ce qui ne l’a pas été
section-unreadable = Illisible, en tout ou partie
section-skipped = Fichiers qui ne sont pas des journaux
section-assumed = Supposé à la lecture
section-refused = Règles refusées
section-unknown-hosts = Machines que la carte ne connaît pas
section-ambiguous-hosts = Noms qui désignent plusieurs équipements
section-signals = Les signaux qui le montrent
section-copies = D’où revient chaque machine
section-steps = Les étapes, l’une après l’autre
column-service = Service
column-because = À cause de
column-procedure = Sur papier
column-divert = Vers où réorienter
column-lever = Ce qu’il faut couper
column-place = Où
column-who = Qui peut
column-undo = Comment revenir
column-due = Avant
column-recipient = Qui
column-why = Pourquoi
column-law = Texte
column-node = Machine ou application
column-back = Retour
column-way = À partir de
column-copy = Copie du
column-start = De
column-end = À
column-step = Étape
column-team = Équipe
column-asset = Machine ou compte
column-stance = Est
column-since = Depuis
column-when = Quand
column-level = Niveau
column-signal = Signal
column-host = Machine
column-source = Source
not-on-map = absent de la carte

# Couper
cut-explained = Les chiffres sont des heures de soins pondérées. Coût : soins perdus en coupant, si rien d’autre n’arrive. Sauvé : soins gardés si l’attaque continue. Reste : soins encore perdus si elle continue.
costs = coûte
costs-at-least = coûte au moins
saves = sauve
danger = reste en jeu
care-hours = heures de soins
takes = demande
option-none = Ne rien couper
option-others = { $count ->
    [one] une autre coupure
   *[other] { $count } autres coupures
}
still-reachable = { $count ->
    [one] Encore à portée de l’attaquant :
   *[other] { $count } encore à portée de l’attaquant :
}
action-isolate = isoler ou éteindre
action-switch_off = éteindre
action-close = fermer un passage
action-disable = désactiver des comptes
action-cut_internet = couper Internet
do-isolate = isoler { $target }
do-switch_off = éteindre { $target }
do-close = fermer { $target }
do-disable = désactiver les comptes de { $target }
do-cut_internet = couper l’Internet de { $target }
option-nothing = Ne rien couper : rien à payer maintenant, mais { $danger } heures de soins perdues si l’attaque continue, avec { $reach ->
    [0] rien d’autre
    [one] une autre machine
   *[other] { $reach } autres machines
} à portée.
option-cut = { $actions } : coûte { $price } heures de soins, en sauve { $saved } si l’attaque continue ; { $reach ->
    [0] rien d’autre ne reste
    [one] une machine reste
   *[other] { $reach } machines restent
} à portée.

# Prévenir
status-due = dû
status-possible = possible
status-on-request = sur demande
status-without-delay = sans délai
latest = lecture la plus tardive : { $when }
assumed = Tenu pour acquis : { $facts }.
to-be-checked = libellé à vérifier sur le texte
tell-calm = Aucune échéance ne court d’après ces traces. Si vous en savez plus, dites-le par --aware et --fact.
not-legal-advice = Ce sont des rappels et des brouillons, pas un avis juridique. L’heure indiquée est la lecture stricte.
draft = Brouillon

# Revenir
restore-figures = Ce plan perd { $lost } heures de soins ; aucun plan ne peut en perdre moins de { $bound } ; rétablir d’abord le service le plus lourd en perdrait { $heaviest }. Ce dont le retour est inconnu est compté sur { $horizon }.
way-backup = une sauvegarde
way-rebuild = une reconstruction, sans copie
way-unknown = inconnu
maybe-tainted = prise après le début de l’attaque : peut-être piégée
data-lost = { $span } de données à ressaisir
not-planned = Compromis mais encore en marche, hors de ce plan :

# Tactiques d’ATT&CK, en mots simples
tactic-reconnaissance = Reconnaissance
tactic-resource-development = Préparation
tactic-initial-access = Entrée
tactic-execution = Exécution
tactic-persistence = Maintien
tactic-privilege-escalation = Plus de droits
tactic-defense-evasion = Dissimulation
tactic-stealth = Dissimulation
tactic-defense-impairment = Défenses brisées
tactic-credential-access = Mots de passe
tactic-discovery = Repérage
tactic-lateral-movement = Propagation
tactic-collection = Collecte
tactic-command-and-control = Pilotage
tactic-exfiltration = Vol de données
tactic-impact = Dégâts

# La carte en image
draw-about = Des services de soins à gauche jusqu’aux machines qui les portent à droite. Un trait est un besoin.
draw-care = Soins, par site
draw-applications = Applications
draw-machines = Machines nécessaires
draw-carriers = Ce qui les porte
draw-others = autres
draw-legend = Trait plein : s’arrête sans cela. Trait tireté : se dégrade sans cela. Cadre tireté : plusieurs machines d’un même genre dans une zone.

# Et si
impact-worse = se dégrade { $when }
impact-stops = s’arrête { $when }
impact-none = Aucun soin n’est touché.
impact-lost = Soins perdus jusqu’au retour : { $lost } heures de soins pondérées.
whatif = Prix : { $price } heures de soins. Danger restant : { $danger } heures de soins. Sur { $horizon }. { $reach ->
    [0] Plus rien n’est à portée de l’attaquant.
    [one] Un équipement reste à portée de l’attaquant.
   *[other] { $reach } équipements restent à portée de l’attaquant.
}

# Pourquoi une échéance court
why-detection = Compté de la détection, { $when } : { $signal }.
why-awareness = Compté de la prise de connaissance, { $when }.
why-now = Compté de maintenant, faute de prise de connaissance déclarée ; elle ne peut précéder le premier signal, { $when } : { $signal }.
why-now-alone = Compté de maintenant, faute de prise de connaissance déclarée.
why-sent = Compté de l’envoi de « { $notice } », { $when }.
why-projected = Projeté de l’échéance de « { $notice } », pas encore envoyé.
why-event = Compté de { $event }, { $when }.
why-unknown = Son point de départ n’est pas encore connu.
why-rests = Repose sur : { $facts }.
limit-without-delay = Sans délai.
limit-on-request = Sur demande.
limit-always = Pour chaque incident.
limit-hours = Sous { $count } heures.
limit-days = { $count ->
    [one] Sous un jour.
   *[other] Sous { $count } jours.
}
limit-weeks = { $count ->
    [one] Sous une semaine.
   *[other] Sous { $count } semaines.
}
limit-months = Sous { $count } mois.

# Ce que disent les brouillons
draft-systems = { $lost } machines inutilisables, { $compromised } autres compromises
draft-happened = Attaque du système d’information ; vu dans les journaux : { $tactics }. Machines rendues inutilisables : { $lost }.
draft-state = en cours, situation du { $when }
draft-malicious = oui, un acte illicite ou malveillant est soupçonné
draft-severity = { $count } services de soins dégradés ou arrêtés, { $lost } machines inutilisables
draft-data = détenues par : { $names }
draft-persons = jusqu’à { $count } personnes dans la plus grande application touchée (à confirmer)

# Chaînes
chain-when = Du { $start } au { $end }
chain-no-time = À une heure inconnue
chain-sentence = { $when }, d’abord sur { $entry } : { $path } ; { $rules } règles différentes sur { $hosts ->
    [one] une machine
   *[other] { $hosts } machines
} ; { $outcome }.
chain-touched = rien n’est connu comme pris
chain-compromised = { $count ->
    [one] une machine est compromise
   *[other] { $count } machines sont compromises
}
chain-lost = { $count ->
    [one] une machine est perdue
   *[other] { $count } machines sont perdues
}
chain-both = { $lost ->
    [one] une machine est perdue
   *[other] { $lost } machines sont perdues
}, { $compromised } autres compromises

# Pourquoi une étape est à sa place
wait-nothing = Commence aussitôt.
wait-step = Après { $step }.
wait-people = Quand des personnes de { $skill } sont libres{ $behind }.
wait-hours = Quand des personnes de { $skill } sont présentes assez longtemps.
wait-bandwidth = Quand { $store } a du débit{ $behind }.
wait-clean-room = Quand une place de salle propre est libre{ $behind }.
wait-behind = , après { $step }
serves = Ramène d’abord : { $service }.

# Ce qui manque
missing-map = Sans carte, Rempart ne peut dire quels soins sont touchés, quoi couper, quoi rétablir d’abord : ébauchez-en une avec rempart map draft, ou donnez la vôtre par --map.
missing-crossings = { $count ->
    [one] Un besoin traverse des zones par un passage que la carte ne nomme pas : les prix sont « au moins ».
   *[other] { $count } besoins traversent des zones par des passages que la carte ne nomme pas : les prix sont « au moins ».
}
missing-times = { $count ->
    [one] L’heure d’un événement n’est pas digne de confiance ; il est gardé et ne déplace rien.
   *[other] L’heure de { $count } événements n’est pas digne de confiance ; ils sont gardés et ne déplacent rien.
}
missing-groups = { $count ->
    [one] Un décompte d’événements répétés a été abandonné pour faire place à d’autres : ce qu’il aurait montré manque peut-être.
   *[other] { $count } décomptes d’événements répétés ont été abandonnés pour faire place à d’autres : ce qu’ils auraient montré manque peut-être.
}
missing-returns = { $count ->
    [one] Le retour d’une machine perdue est inconnu : la carte ne dit pas comment la rétablir.
   *[other] Le retour de { $count } machines perdues est inconnu : la carte ne dit pas comment les rétablir.
}
option-pays = { $count ->
    [0] Ce que cela coûte : { $service }.
    [one] Ce que cela coûte : { $service } et { $count } autre service.
   *[other] Ce que cela coûte : { $service } et { $count } autres services.
}
hand-one = isoler { $target }
hand-lost = isoler ce qui est déjà perdu ({ $target })
hand-compromised = isoler ce qui est compromis ({ $target })
drafts-elsewhere = Suivent les brouillons les plus probables ; les autres sont dans le dossier drafts.

# Une carte ébauchée
draft-head =
    {"#"} Une première carte, ébauchée d’après les traces et l’inventaire. Ce qui est deviné porte « guess » : tranchez, puis ôtez la marque.
    {"#"} Les machines sont dans assets.csv, une par ligne ; pourquoi chacune passe pour ce qu’elle est se lit près de son id dans assets.toml.
draft-name = Notre hôpital (écrivez son nom)
draft-care =
    {"#"} Les soins ne se devinent pas. Écrivez chaque service : ce dont il a besoin, et combien de temps il s’en passe.
    {"#"} [[care_service]]
    {"#"} id = "urgences"
    {"#"} name = "Urgences"
    {"#"} site = "site-1"
    {"#"} weight = 90            # tort d’une heure d’arrêt, de 0 à 100
    {"#"} procedure = "Dossier papier, liste imprimée à 06:00"
    {"#"} holds = "4h"
    {"#"} needs = [{"{"} on = ["laboratoire"], effect = "stops", grace = "4h" {"}"}]
    {"#"}
    {"#"} [[application]]
    {"#"} id = "laboratoire"
    {"#"} name = "Informatique de laboratoire"
    {"#"} needs = [{"{"} on = ["srv-lab-01"] {"}"}]
draft-assets =
    {"#"} Ce dont les machines ont besoin, et pourquoi elles passent pour ce qu’elles sont. Un besoin vu trois fois peut n’être qu’une habitude.
draft-network =
    {"#"} Zones, flux et contrôles tels que vus. Un passage que personne n’a pris ces jours-là n’y est pas.
    {"#"} Écrivez vos leviers : [[lever]] id, label, isolates, closes, disables, place, who, minutes, undo.
draft-teams =
    {"#"} Qui remet debout, à partir de quelles copies, et où. Rien de cela ne se voit dans les journaux.
    {"#"} [[team]]
    {"#"} id = "windows"
    {"#"} skill = "windows"
    {"#"} number = 2
    {"#"} daily = "08:00-18:00"
draft-contacts =
    {"#"} Qui appeler quand les téléphones sont muets : id, name, role, for (qui il remplace), channels, survives.
draft-columns = { $count ->
    [one] Une colonne de l’inventaire n’a pas été comprise : { $columns }.
   *[other] { $count } colonnes de l’inventaire n’ont pas été comprises : { $columns }.
}
draft-nameless = Lignes de l’inventaire qui ne nomment aucune machine : { $count }.
draft-unreadable = Cases de l’inventaire qui devraient contenir une adresse : { $count }.
draft-cut = Observations au-delà des limites, laissées de côté : { $count }.
draft-done = Ébauché : { $machines ->
    [one] une machine
   *[other] { $machines } machines
}, d’après { $events } événements. Ensuite : rempart map check { $folder }
guess-kind-role = d’après ce qu’elle a été vue faire
guess-kind-os = d’après son système
guess-kind-name = d’après son nom
guess-kind-clients = plusieurs machines lui demandent quelque chose
guess-kind-medical = elle parle DICOM ou HL7 à d’autres
guess-kind-none = rien ne le dit
guess-need = vue lui demander { $service }
guess-flow = vu
guess-control = il donne des tickets à ces machines

### Papier : ce qui s’imprime
paper-dated = Imprimé le { $when } · vérifiez que c’est la dernière version
paper-reprint = À réimprimer après chaque changement de la carte, et au moins tous les trois mois.
paper-at = à
paper-hour = Heure
paper-what = Quoi
paper-who = Qui
paper-at-once = aussitôt

# Fiches de coupure et étiquettes
paper-cards = Fiches de coupure
paper-labels = Étiquettes des équipements
paper-no-levers = La carte n’a pas encore de levier : écrivez dans network.toml ce qu’une personne peut couper la nuit.
paper-photo = Photo
paper-takes = Durée
paper-care = Soins
paper-undo = Remettre
paper-does = Précisément : { $what }.
paper-cut-by = Coupé par
paper-undone-by = Rétabli par
paper-nothing-stops = Rien ne s’arrête : d’après la carte, aucun soin n’en dépend.
paper-at-least = Au moins : la carte ne nomme pas tout ce qui passe par là.
paper-stops = { $soon ->
    [0] Aucun service ne s’arrête dans la journée
    [one] Un service s’arrête dans la journée
   *[other] { $soon } services s’arrêtent dans la journée
}{ $later ->
    [0] .
    [one] { "\u00A0" }; un autre se dégrade, ou s’arrête plus tard.
   *[other] { "\u00A0" }; { $later } autres se dégradent, ou s’arrêtent plus tard.
}
paper-worse-now = dégradé aussitôt
paper-worse = dégradé après { $span }
paper-stops-now = arrêté aussitôt
paper-stops-after = arrêté après { $span }

# Le dossier rouge
paper-folder = Dossier rouge
paper-folder-about = Pour la nuit où les écrans s’éteignent. Qui appeler, quoi débrancher, comment chaque service continue. Il ne demande ni ordinateur, ni réseau, ni mot de passe.
paper-first-call = Appelez le directeur de garde et le responsable de la sécurité : leurs numéros sont aux pages « Qui appeler ».
paper-first-cut = Ne coupez qu’une fiche en main : elle dit où, qui peut, et quels soins s’arrêtent.
paper-first-keep = N’éteignez rien et ne réinstallez rien sans une fiche ou l’accord du responsable : ce que les machines gardent servira.
paper-inside = Dans ce dossier
paper-numbers = Numéros qui restent
paper-copy = Exemplaire n°
paper-kept-at = rangé à
paper-checked = vérifié par, le
paper-hours = Les premières heures
paper-minute = Minute
paper-question = Question
paper-answer = Réponse
paper-ask-real = Est-ce réel, et qui dirige ?
paper-ask-cut = Que coupe-t-on, où est-ce, quels soins s’arrêtent alors ?
paper-ask-awake = Qui est réveillé, qui a pris quel rôle ?
paper-ask-hit = Qu’est-ce qui est touché, et quel service en souffre ?
paper-ask-wards = Quels services passent au papier, quels patients doivent partir, avant quand ?
paper-ask-tell = Qui faut-il prévenir, avant quand, avec quel texte ?
paper-ask-decide = Qu’avons-nous décidé, qui, pourquoi ?
paper-ask-keep = Que personne ne doit-il effacer ?
paper-ask-say = Qu’entendent le personnel, les patients, la presse ?
paper-ask-director = Que doit savoir le directeur en 60 secondes ?
paper-ask-back = Que rétablit-on d’abord, sa copie est-elle saine ?
paper-ask-relief = Que doit savoir ma relève ?
paper-hint-real = Un seul nom dirige. Dès maintenant, tout s’écrit avec son heure.
paper-hint-cut = Internet et sauvegardes d’abord ; cochez la fiche.
paper-hint-awake = Vérifiez que les téléphones marchent ; sinon la radio, ou un coursier.
paper-hint-hit = Demandez aux services : urgences, réanimation, laboratoire d’abord.
paper-hint-wards = Donnez à chaque service sa page ; redemandez chaque heure.
paper-hint-tell = Agence régionale, CERT santé, protection des données, police, assureur.
paper-hint-decide = Sur le journal, au moment même.
paper-hint-keep = Machines chiffrées, journaux, demande de rançon : débranchez le réseau, pas le courant.
paper-hint-say = Une seule voix ; ni cause, ni coupable, ni promesse.
paper-hint-director = Les soins qui s’arrêtent, et quand ; ce qui attend une décision.
paper-hint-back = L’annuaire, puis ce dont vivent les services les plus lourds ; essayez la copie hors du réseau.
paper-hint-relief = Décisions, promesses, qui dort, ce qui vient.
paper-log = Journal
paper-log-about = Une ligne par décision, au moment où elle est prise. Rien ne s’efface : rayez, et écrivez dessous.
paper-decided = Ce qui est décidé ou appris
paper-reason = Pourquoi
paper-code-home = La console

# Contacts
paper-contacts = Qui appeler
paper-contacts-about = Si la première personne ne répond pas en dix minutes, appelez dessous celle qui la remplace.
paper-reach = Comment
paper-survives = Marche sans
paper-reached = Joint à, répond
paper-stands-in = remplace : { $name }
paper-channel-tel = téléphone
paper-channel-sms = message
paper-channel-radio = radio
paper-channel-line = ligne directe
paper-channel-post = messagerie externe
paper-channel-mail = courriel
paper-without-telephony = la téléphonie
paper-without-network = le réseau

# Services
paper-wards = Pages des services
paper-glance = Les services d’un coup d’œil
paper-state = État, depuis
paper-no-care = La carte n’a pas encore de service de soins : écrivez-les dans hospital.toml.
paper-holds = Tient sur papier
paper-mtpd = un arrêt se supporte { $span }
paper-procedure = Sur papier
paper-downtime = Secours
paper-divert = Réorienter vers
paper-call = Appeler
paper-code-ward = Ce service sur la console
paper-code-call = Scannez pour appeler
paper-needs = Ce dont il a besoin
paper-worse-in = Dégradé après
paper-stops-in = Arrêté après
paper-some-of = { $least } de ces { $all } : { $names }
paper-night = Cette nuit
paper-on-paper-since = Sur papier depuis
paper-patients = Patients
paper-in-charge = Responsable

# Affiches et feuilles de retour
paper-posters = Affiches des services
paper-poster-about = Les ordinateurs sont en panne ? Dites à la cellule de crise où en est le service, depuis n’importe quel téléphone.
paper-poster-code = Code du service
paper-poster-open = Scannez le carré, ou tapez l’adresse et le code du service.
paper-poster-say = Dites où en est le service, et ce qui lui manque.
paper-poster-read = Lisez-y ce que la cellule de crise décide pour vous.
paper-poster-dark = Plus aucun écran ? Prenez la page du service dans le dossier rouge, et un coursier.
paper-return = Feuille de retour
paper-return-about = Faites, écrivez l’heure et votre nom, rapportez la feuille : chaque ligne est ressaisie sous son numéro.
paper-reference = N°
paper-done-at = Fait à
paper-done-by = Par
paper-remark = Remarque
paper-brought-by = Rapporté par
paper-typed-by = ressaisi par
demo-begins = Ceci est une démonstration : le groupe hospitalier est inventé, la nuit est faite de la graine { $seed }.
demo-goes-on = La nuit reprend où elle en était. Pour la recommencer, retirez { $folder }.
demo-report = Le rapport pour la direction : { $file }
demo-serves = Ceci est une démonstration : rien n’y est réel. Ctrl C pour y mettre fin.
