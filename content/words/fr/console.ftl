# Words of the console.

# Frame
skip-to-content = Aller au contenu
rooms = Salles
live = en direct
live-lost = La liaison avec Rempart est coupée ; cette page peut dater. Nouvel essai en cours.
live-back = La liaison est rétablie ; tout est à jour.
live-out = Votre session est terminée : cette page n’est plus à jour. Notez ce que vous avez saisi, puis reconnectez-vous.
palette = Aller à
palette-ask = Où aller ?
palette-keys = Ctrl K ou ? ouvre cette liste ; g puis une lettre mène à une salle.
seen-as = Voir en tant que
look = Voir
demonstration-strip = Démonstration : ce groupe hospitalier est inventé et rien ici n’est réel.
nobody-yet = personne encore
bar-free = libre : { $roles }
bar-since = début { $when } · il y a { $span }
bar-exercise = exercice, début { $when } · il y a { $span }
bar-closed = clos, début { $when }
print = Imprimer
undo = Annuler
by = avant
ward = Service
room-night = Nuit
room-cut = Couper
room-wards = Services
room-map = Carte
room-timeline = Chronologie
room-clocks = Échéances
room-tasks = Tâches
room-messages = Messages
room-restoration = Reprise
room-evidence = Preuves
room-log = Décisions
room-handover = Relève
room-duty = Appels et rôles
room-declare = Déclarer
room-hospital = Hôpital
room-folder = Classeur rouge
room-people = Personnes
room-settings = Réglages
room-audit = Journal d’audit
room-rules = Règles
room-health = Santé de Rempart
room-situation = Situation sur une page A4
room-wall = Affichage mural
room-api = API

# Roles
account-role-viewer = lecture
account-role-contributor = contribution
account-role-responder = intervention
account-role-incident-commander = conduite de crise
account-role-director = direction
account-role-site-administrator = administration de site
account-role-auditor = audit
role-director = Direction
role-lead = Conduite
role-technical = Technique
role-care = Soins
role-communication = Communication
role-scribe = Main courante
role-director-does = décide pour l’hôpital, parle aux autorités
role-lead-does = conduit la réponse, propose ce qu’on coupe
role-technical-does = dirige les équipes : contenir, garder les traces, restaurer
role-care-does = appelle les services, prépare les transferts avec la direction
role-communication-does = textes pour le personnel, les patients, la presse
role-scribe-does = note qui fait quoi, et quand

# Problems
problem-inside = Cela n’a pas pu être fait.
problem-bad = Quelque chose manque ou ne va pas dans le formulaire.
problem-missing = Il n’y a rien à cette adresse.
problem-forbidden = Vos rôles ne le permettent pas.
problem-stale = Quelqu’un d’autre l’a modifié depuis que vous l’avez ouvert. Rien n’a été écrasé.
problem-stale-form = Ce formulaire est trop ancien ou vient d’ailleurs : rouvrez la page, puis renvoyez-le.
problem-exists = Ce nom existe déjà.
problem-full = Le disque est plein : la lecture fonctionne, rien n’a été modifié. Libérez de la place, puis réessayez.
problem-away = La base de données ne répond pas. Réessayez dans un instant.
problem-large = C’est plus grand que ce qui peut être pris ici. Envoyez moins à la fois.
problem-slow = L’arrivée a pris trop de temps. Renvoyez-le.
problem-method = Cette adresse n’accepte pas cela. Rouvrez la page.
problem-media = Ce type de contenu ne peut pas être pris ici. Envoyez un formulaire ou du JSON.
problem-key-used = Cela a déjà été envoyé avec d’autres mots. Rouvrez la page, puis envoyez.
problem-often = Trop de liaisons en direct sont ouvertes. Fermez d’autres fenêtres, puis réessayez.
problem-link = Ce lien a servi ou a expiré. Demandez-en un autre.
problem-no-map = Pas encore de carte de l’hôpital : apportez-la à la page Hôpital.
problem-closed = Cet incident est clos.
problem-typed = Ce que vous aviez saisi, pour que rien ne soit perdu
problem-home = Retour à la première page
clock-wrong = L’horloge de cette machine est fausse : les échéances et les codes à usage unique en dépendent. Réglez-la, puis relancez Rempart.

# Coming in
login-title = Connexion
login-name = Nom
login-password = Mot de passe
login-do = Se connecter
login-wrong = Le nom ou le mot de passe est faux. Réessayez : personne n’est bloqué, seulement ralenti.
login-ward = Dans un service, avec le code imprimé ?
login-ward-link = La porte du service
setup-title = Premier compte d’administration
setup-lede = Ce lien sert une fois. Choisissez un nom et un mot de passe ; viendront ensuite les personnes, les rôles et la carte.
reset-title = Nouveau mot de passe
setup-name = Nom
setup-name-hint = minuscules, chiffres, points, tirets
setup-password = Mot de passe
setup-password-hint = au moins 12 caractères ; quelques mots à la suite se tapent bien la nuit
setup-again = Le même encore une fois
setup-do = Enregistrer
setup-differs = Les deux mots de passe diffèrent.
refused-name = Prenez 2 à 64 minuscules, chiffres, points ou tirets, comme infirmier-17.
refused-short = Le mot de passe est trop court : au moins 12 caractères.
refused-common = Ce mot de passe se devine : prenez d’autres mots.
me-sessions = Où vous êtes connecté
me-since = Depuis
me-used = Dernier usage
me-from = D’où
me-this = celle-ci
me-end = Fermer
me-out = Se déconnecter

# Declare
declare-title = Est-ce réel, et qui conduit ?
declare-lede = Un bouton ouvre l’incident et son journal. Se tromper ne coûte rien : on le referme en disant pourquoi.
declare-already = Un incident est ouvert : { $title }.
declare-join = Le rejoindre
declare-what = Que se passe-t-il ?
declare-what-hint = quelques mots, comme au téléphone
declare-where = Où ?
declare-group = tout le groupe
declare-kind = De quoi s’agit-il ?
declare-kind-real = un incident
declare-kind-exercise = un exercice
declare-lead = Je prends la conduite jusqu’à ce qu’on me relève
declare-do = Déclarer
declare-undo = Votre nom et l’heure sont notés. On peut clore à tout moment.
declare-real = Est-ce réel ? Quatre regards, deux minutes
declare-check-1 = Deux machines ou plus avec le même signe, ou des fichiers qui ne s’ouvrent plus ?
declare-check-2 = Un second téléphone, pas l’ordinateur, le confirme-t-il depuis un autre service ?
declare-check-3 = Pas de travaux prévus cette nuit ? Demandez à l’astreinte.
declare-check-4 = Dans le doute, déclarez : laissez les machines allumées, débranchez le réseau, photographiez les écrans.
distrust-title = L’annuaire est peut-être aux mains de l’attaquant
distrust-explained = Ferme toute session venue du fournisseur d’identité ; les comptes locaux et scellés continuent. C’est noté.
distrust-do = Ne plus faire confiance à l’annuaire

# Call tree
duty-title = { $free ->
    [0] Tous les rôles sont pris ;
    [one] Un rôle est libre ;
   *[other] { $free } rôles sont libres ;
} { $awake ->
    [0] personne de l’arbre d’appel n’est encore réveillé.
    [one] une personne de l’arbre d’appel est réveillée.
   *[other] { $awake } personnes de l’arbre d’appel sont réveillées.
}
duty-lede = Appelez dans l’ordre. L’issue de chaque appel tient en un bouton ; les numéros marqués survivent sans le réseau.
duty-tree = Qui appeler
duty-count = { $awake } sur { $all } réveillés
duty-no-contacts = La carte n’a pas encore de contacts : ajoutez-les à la page Hôpital, fichier contacts.toml.
duty-survives = survit
duty-stands-in = remplace { $whom }
duty-roles = Qui conduit quoi
duty-take = Je le prends
duty-other = Quelqu’un d’autre
duty-who = Qui
duty-note = Noter
call-awake = Réveillé
call-no_answer = Pas de réponse
call-coming = Arrive

# Night
night-care = { $stopped ->
    [0] Aucun service n’est arrêté
    [one] Un service est arrêté
   *[other] { $stopped } services sont arrêtés
}{ $worse ->
    [0] {""}
    [one] , un marche moins bien
   *[other] , { $worse } marchent moins bien
}
night-care-next = {"\u00A0"}; ensuite : { $ward } { $what }
night-lost = { $count ->
    [one] Une machine est perdue.
   *[other] { $count } machines sont perdues.
}
night-held = { $count ->
    [one] L’attaquant agit encore sur une.
   *[other] L’attaquant agit encore sur { $count }.
}
night-all-wards = tous les services
night-no-evidence = Aucune trace lue pour l’instant : apportez des journaux, et cette page dira quels soins sont menacés.
night-decide = Décider
night-waiting = { $count ->
    [one] une en attente
   *[other] { $count } en attente
}
night-tell = Prévenir
night-back = Revient d’abord
night-chain = L’attaque jusqu’ici
night-on = Qui est là
night-say-seen = Sans journaux, dites ce que vous voyez d’une machine sur la
night-declared = { $title } : déclaré ; aucune trace lue pour l’instant.
night-free = Personne n’assure encore : { $roles }.
night-nothing-waits = Rien n’attend de décision.
night-other-options = Toutes les options ({ $count })
night-if-nobody = Si personne ne décide : { $hours } heures de soins en jeu sur { $span }.
night-no-contact = Aucun contact avec l’attaquant ni paiement sans l’autorité désignée.
night-none-to-tell = Personne à prévenir pour l’instant.
night-nothing-back = Rien à faire revenir pour l’instant.
night-last-sign = dernier signe
night-no-chain = Pas encore de chaîne de signaux.
night-nobody-on = Personne n’a encore pris de rôle.
overdue = dépassé
since-you-looked = Depuis votre dernier passage
changed-decision = { $count ->
    [one] une décision
   *[other] { $count } décisions
}
changed-cut = { $count ->
    [one] une coupure
   *[other] { $count } coupures
}
changed-task = { $count ->
    [one] une tâche
   *[other] { $count } changements de tâches
}
changed-ward_report = { $count ->
    [one] un mot d’un service
   *[other] { $count } mots des services
}
changed-message = { $count ->
    [one] un message
   *[other] { $count } messages
}
changed-notice = { $count ->
    [one] une notification légale
   *[other] { $count } notifications légales
}
changed-sighting = { $count ->
    [one] une machine examinée
   *[other] { $count } machines examinées
}
changed-note = { $count ->
    [one] une note
   *[other] { $count } notes
}
changed-signals = de nouveaux signaux
clocks-legend = fin : sur repli · moyen : dégradé · plein : arrêté · pâle : ce qui suivra · tirets : si l’attaque continue · trait vertical : maintenant
ward-now = Maintenant
ward-next = Ensuite
situation-decide = Ce qui vous attend
situation-decided = Décidé et fait
situation-cuts = { $count ->
    [0] Rien n’est coupé.
    [one] Une coupure en place.
   *[other] { $count } coupures en place.
}

# Cut cards
cut-title = Que couper, où est-ce, et quels soins s’arrêtent ?
cut-lede = { $done ->
    [0] Rien n’est encore coupé
    [one] Une coupure est faite
   *[other] { $done } coupures sont faites
}, sur { $all } préparées. Une carte cochée prévient tout le monde ; les étiquettes sont celles du matériel.
cut-options = Options, avec leur prix en soins
cut-every = Toutes les options ({ $count })
cut-no-levers = La carte n’a pas encore de leviers : ce qu’on peut couper, où, et qui le peut. Ajoutez-les à la page Hôpital, fichier network.toml.
cut-wanted = décidé, pas encore tiré
cut-takes = Durée
cut-stops = Arrête
cut-done = Coupé
cut-undo = C’est rétabli
cut-do = J’ai coupé
cut-writes = note votre nom et l’heure
decide-do = Décider
task-pull = Tirer { $lever }

# Red folder
folder-title = À imprimer avant la nuit : qui appeler, quoi débrancher.
folder-lede = Chaque feuille est datée. Réimprimez quand la carte change, et détruisez l’ancienne.
folder-open = Ouvrir
folder-red = Le classeur rouge
folder-red-does = contacts, cartes de coupure, une page par service
folder-cards = Cartes de coupure
folder-cards-does = une par levier, à accrocher sur place
folder-labels = Étiquettes
folder-labels-does = 70 × 37 mm, 24 par feuille, pour câbles et interrupteurs
folder-wards = Pages des services
folder-wards-does = procédure papier, tenue, transferts
folder-codes-does = la porte de chaque service, sur une affiche

# Wards
wards-title = { $stopped ->
    [0] Aucun service arrêté ;
    [one] Un service arrêté ;
   *[other] { $stopped } services arrêtés ;
} { $paper ->
    [0] aucun sur repli ou papier
    [one] un sur repli ou papier
   *[other] { $paper } sur repli ou papier
}, sur { $all }.
wards-lede = Ce que disent la carte et les traces, à côté de ce que chaque service dit de lui-même.
wards-hit = Touchés, ou bientôt
wards-none-hit = Aucun service touché.
wards-said = Ce que disent les services
wards-none-said = Aucun service n’a encore répondu : le code de l’affiche, ou une fiche papier, amène son mot ici.
wards-rest = Fonctionnent normalement
wards-codes = Codes des services
ward-patients = { $count ->
    [one] un patient concerné
   *[other] { $count } patients concernés
}
ward-usual = Fonctionne normalement.
ward-then = Ensuite, les patients vont à : { $to }.
ward-works = Fonctionne
ward-works-nothing = rien de ce que la carte connaît
ward-out = En panne
ward-do-not = Ne pas utiliser
ward-do-not-text = un ordinateur au comportement étrange ; le laisser allumé, débrancher son câble réseau
ward-call = Appeler
ward-paper = Papier
ward-downtime = Où
ward-undo = Votre nom et l’heure sont notés. Tout ici peut être annulé.
ward-name = Votre nom ou badge
ward-more = Autre chose
ward-text = De quoi s’agit-il ?
ward-patients-ask = Combien de patients ?
says-paper_well = Nous sommes sur papier, tout va bien
says-needs = Il nous faut quelque chose
says-odd = Quelque chose d’étrange sur un écran
says-diverting = Nous transférons des patients
says-usual = Tout refonctionne
through-paper = papier
ward-door-title = La porte du service
ward-door-lede = Tapez le code de l’affiche. Il ouvre le tableau de ce service et rien d’autre.
ward-door-code = Code
ward-door-name = Votre nom ou badge
ward-door-name-hint = noté à côté de ce que vous dites
ward-door-do = Ouvrir
ward-door-wrong = Aucun service n’a ce code. Revoyez l’affiche, ou appelez la cellule de crise.
ward-door-nameless = Dites qui vous êtes : un nom ou un numéro de badge.
ward-door-calm = Tout est calme.
ward-door-calm-text = Aucun incident ouvert. La nuit venue, ce code ouvre le tableau de votre service.
codes-title = { $without ->
    [0] Chaque service a un code.
    [one] Un service n’a pas encore de code.
   *[other] { $without } services n’ont pas encore de code.
}
codes-lede = Un code ouvre le tableau d’un service, marche sans annuaire, et peut être retiré. Imprimez les affiches et accrochez-les au poste.
codes-make = Créer les codes manquants
codes-print = Imprimer les affiches
codes-code = Code
codes-on-poster = sur son affiche
codes-made = Créé
codes-used = Dernier usage
codes-revoke = Le retirer

# API
api-title = L’API de Rempart
api-lede = Tout ce que font les écrans. Un jeton s’obtient par : rempart token create.
api-takes = prend
api-gives = donne
demo-ransomware = Rançongiciel, nuit de démonstration
demo-flood = Déferlante, nuit de démonstration
demo-insider = Fuite interne, nuit de démonstration
demo-map = le groupe hospitalier de démonstration
demo-quiet = Une nuit calme
