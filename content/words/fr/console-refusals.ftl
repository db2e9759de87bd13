### Console : ce que dit un refus

# At the door
refusal-no-permission = Cette adresse n’est ouverte à personne.
refusal-foreign-form = Ce formulaire n’est pas de votre session : rouvrez la page, puis renvoyez-le.
refusal-foreign-site = La demande vient d’un autre site : rouvrez la page de Rempart, puis renvoyez-la.
refusal-roles = Vos rôles ne vous le permettent pas : demandez à qui gère les personnes.
refusal-stranger = Connectez-vous, ou envoyez un jeton.
refusal-host = Ce serveur ne répond pas à ce nom : démarrez-le avec --host NOM.
refusal-token = Ce jeton est inconnu, terminé ou repris : faites-en un autre par « rempart token create ».
refusal-nothing-here = Il n’y a rien à cette adresse.
refusal-methods = Cette adresse s’emploie autrement : voyez l’en-tête Allow.
refusal-slow = L’envoi a mis trop de temps à arriver : renvoyez-le.
refusal-large = L’envoi est plus grand que ce que cette adresse accepte.
refusal-inside = Cela n’a pas pu être fait : le journal du serveur dit pourquoi.
refusal-media = Envoyez un formulaire, ou du JSON (application/json).
refusal-key-length = Idempotency-Key : de 1 à 300 caractères.
refusal-key-used = La clé de cet envoi a déjà servi à un autre : rouvrez la page, puis renvoyez.
refusal-often = Fermez d’autres fenêtres, puis réessayez.
refusal-no-file = Ce fichier n’existe pas.
refusal-field-long = Un champ du formulaire est trop long : raccourcissez-le.
refusal-field-utf8 = Un champ du formulaire n’est pas du texte en UTF-8 : retapez-le.
refusal-disk-full = Le disque du serveur est plein : libérez de la place, puis renvoyez.
refusal-data-full = Le disque du dossier de données est plein et rien n’a été modifié : libérez de la place, puis réessayez.
refusal-away = La base de données ne répond pas. Ce qui n’a pas été confirmé n’a pas été modifié : réessayez.
refusal-link = Ce lien a servi, a expiré, ou n’a jamais existé : demandez-en un autre.
refusal-languages = Rempart parle français (fr) et anglais (en).
refusal-empty = { $field } : remplissez-le.
refusal-unreadable = Ceci n’a pas pu être lu : { $why }
refusal-body-broke = L’envoi s’est interrompu ({ $why }) : renvoyez-le.
refusal-takes = Cette adresse n’accepte que { $methods }.
refusal-permission = Il vous faut, sur { $site }, le droit de { $permission ->
    [Write] contribuer
    [Act] intervenir
    [Lead] conduire
    [Tell] parler au nom de l’hôpital
    [Keep] gérer les personnes, la carte et les réglages
    [Inspect] lire l’audit
    [Intake] envoyer des événements
   *[other] lire
} : demandez-le à qui gère les personnes.
refusal-a-site = un site
refusal-hour = { $field } : écrivez l’heure comme 02:14, ou un jour comme 2026-11-22T02:14.
refusal-instant = { $field } : écrivez un moment comme 2026-11-22T02:14:00Z.
refusal-long = { $field } : au plus { $most } caractères.
refusal-no-record = Cela n’existe pas, ou plus : { $kind ->
    [account] compte
    [attachment] fichier
    [backup] copie
    [call] appel
    [cut] coupure
    [decision] décision
    [delivery] envoi
    [duty] rôle de la nuit
    [factor] seconde preuve
    [grant] rôle
    [incident] incident
    [link] lien à usage unique
    [map_version] version de la carte
    [mark] marque
    [message] message
    [note] note
    [notice] déclaration
    [session] session
    [setting] réglage
    [sighting] constat
    [step] étape de reprise
    [suppression] mise de côté
    [task] tâche
    [token] jeton
    [ward_code] code de service
    [ward_report] mot d’un service
    [webhook] webhook
   *[other] { $kind }
} { $id }.
refusal-stale = Quelqu’un d’autre a modifié ceci depuis que vous l’avez ouvert : { $kind ->
    [account] compte
    [attachment] fichier
    [cut] coupure
    [decision] décision
    [delivery] envoi
    [duty] rôle de la nuit
    [incident] incident
    [map_version] version de la carte
    [message] message
    [notice] déclaration
    [setting] réglage
    [sighting] constat
    [step] étape de reprise
    [suppression] mise de côté
    [task] tâche
    [webhook] webhook
   *[other] { $kind }
} { $id }.
refusal-exists = { $what ->
    [account] Ce compte
    [grant] Ce rôle
    [token] Ce jeton
    [webhook] Ce webhook
   *[other] Cela
} existe déjà.

# Incidents
refusal-no-incident = Cet incident n’existe pas : revenez à la première page.
refusal-closed = Cet incident est clos.
refusal-whole-group = Cet incident est celui de tout le groupe : pour décider, il faut un rôle sur tous les sites.
refusal-no-map = Apportez d’abord une carte : page Hôpital.
refusal-no-map-yet = Apportez d’abord une carte.
refusal-declare-title = Que se passe-t-il : dites-le en 1 à 120 caractères.
refusal-no-site = Site : la carte n’en a pas de ce nom ; choisissez-en un dans la liste.
refusal-watch = La veille n’est pas encore un incident : déclarez-la, et elle en devient un.
refusal-value = Réponse : oui, non, ou un nombre entier.
refusal-no-contact = Contact : la carte n’en a pas de ce nom.
refusal-no-cut = Cet incident n’a pas cette coupure.
refusal-decide-title = Ce qui est décidé : dites-le.
refusal-print = On peut imprimer : red (le classeur rouge), cards (les cartes de coupure), labels (les étiquettes), wards (les services).
refusal-why = Pourquoi : dites pourquoi c’est écarté.
refusal-why-long = Pourquoi : au plus 4 000 caractères.
refusal-no-decision = Cet incident n’a pas cette décision.
refusal-decided = C’est déjà décidé : pour corriger, prenez une nouvelle décision.
refusal-no-obligation = Cette obligation n’existe pas.
refusal-no-notice = Cet incident n’a pas cette déclaration.
refusal-notice-sent = Ce qui est envoyé ne se réécrit pas : commencez une autre déclaration.
refusal-notice-text = Texte : écrivez de 1 à 50 000 caractères.
refusal-reference-long = Référence : au plus 200 caractères.
refusal-no-proof = Preuve : cet incident n’a pas ce fichier ; choisissez-en un dans la liste.
refusal-no-message = Cet incident n’a pas ce message.
refusal-message-title = Titre : écrivez de 1 à 300 caractères.
refusal-message-text = Texte : écrivez de 1 à 20 000 caractères.
refusal-message-lang = Langue : français (fr) ou anglais (en).
refusal-message-sent = Ce qui est parti ne se réécrit pas : écrivez un autre message.
refusal-blanks = Complétez ce qui est entre crochets, puis approuvez.
refusal-unapproved = Une personne qui peut parler au nom de l’hôpital doit d’abord l’approuver.
refusal-rows = Lignes : saisissez de 1 à 500 lignes de la feuille.
refusal-row-empty = Lignes : sans code, dites ce qui a été fait.
refusal-no-task = Cet incident n’a pas cette tâche.
refusal-task-title = Quoi : dites en 1 à 400 caractères ce qu’il faut faire.
refusal-task-detail = Comment, où : au plus 4 000 caractères.
refusal-no-team = Équipe : la carte n’en a pas de ce nom ; choisissez-en une dans la liste.
refusal-person-long = Qui : au plus 120 caractères.
refusal-reason-long = Raison : au plus 500 caractères.
refusal-no-word = Cet incident n’a pas ce mot.
refusal-minutes-many = Minutes : il y en a trop.
refusal-at-ahead = Heure : dites un moment encore à venir.
refusal-at-past = Heure : dites un moment déjà passé.
refusal-at-none = Heure : dites jusqu’à quand, ou pas avant quand ; ou dans combien de minutes.
refusal-no-sighting = Cet incident n’a pas ce constat.
refusal-no-lever = Levier : la carte n’a pas de levier { $id }.
refusal-no-fact = Fait : aucune obligation ne demande { $fact }.
refusal-duty-role = Rôle : prenez l’un de ceux-ci : { $roles }.
refusal-row = Ligne { $row }
refusal-row-code = { $row } : aucune tâche ouverte n’a ce code.
refusal-row-long = { $row } : au plus 400 caractères pour quoi, 120 pour qui, 1 000 pour une remarque.
refusal-step-before = Étape : { $before } doit être faite avant { $step } ; notez d’abord qu’elle est faite.
refusal-no-step = Étape : la carte n’a pas d’étape de reprise { $step }.
refusal-minutes = Minutes : de 0 à { $most }.
refusal-no-asset = Machine : la carte n’a pas de machine { $asset }.

# Wards
refusal-no-ward = La carte n’a pas ce service de soins.
refusal-no-service = Service : la carte n’a pas ce service de soins.
refusal-no-ward-path = Service : la carte n’a pas ce service de soins ; choisissez-en un dans la liste.
refusal-old-sheet = La carte n’a plus ce service : la feuille vient d’une carte plus ancienne.
refusal-no-code = Ce code n’existe pas.
refusal-other-ward = Ce code ouvre un autre service.
refusal-ward-says = Texte : au plus 2 000 caractères ; patients : de 0 à 10 000.
refusal-ward-person = Votre nom ou badge : dites qui vous êtes ; un badge ou un rôle suffit.
refusal-ward-account = Un service n’a pas de compte.

# Evidence and signals
refusal-no-evidence = Cet incident n’a pas cette trace.
refusal-not-read = Ce n’est pas encore lu : attendez la fin de la lecture.
refusal-arrived = Ce qui est arrivé a été jugé à mesure ; des règles plus récentes regardent en arrière par « rempart hunt --rules ».
refusal-replayed = Ces traces sont en train d’être rejouées : attendez la fin.
refusal-file-gone = Ce fichier n’en fait pas partie.
refusal-about-long = Machine d’où elles viennent : au plus 200 caractères.
refusal-busy-file = Un autre envoi complète ce fichier : attendez qu’il finisse.
refusal-whole = Ce fichier est déjà entier : annoncez-en un autre.
refusal-file-none = Fichiers : choisissez-en au moins un.
refusal-not-assessed = Rien n’est encore évalué : apportez d’abord des traces.
refusal-format = Format : csv ou json.
refusal-mark-reason = Pourquoi : dites en 1 à 500 caractères pourquoi ce n’est pas ce que cela semble.
refusal-no-signal-here = Signal : cet incident n’a pas ce signal.
refusal-no-signal = Cet incident n’a pas ce signal.
refusal-no-mark = Cet incident n’a pas cette marque.
refusal-note-text = Ce qui s’est passé : dites-le en 1 à 2 000 caractères.
refusal-note-time = Heure : écrivez-la comme 02:14, ou laissez vide pour maintenant.
refusal-searches = D’autres recherches sont en cours : réessayez quand elles seront finies.
refusal-since = Depuis : écrivez une durée comme 90d ou 36h, ou un moment.
refusal-until = Jusqu’à : écrivez un moment.
refusal-quiet-whole-group = Ce qui est mis de côté l’est sur tous les sites : demandez à qui intervient sur tous.
refusal-quiet-nothing = Règle : nommez une règle ou une machine ; une tactique seule ferait taire trop de signaux.
refusal-quiet-machine = Tactique : nommez une règle ou une tactique ; on ne fait jamais taire une machine entière.
refusal-quiet-rule = Règle : aucune de ce nom n’est chargée ; prenez-en une dans la liste.
refusal-quiet-asset = Machine : la carte n’en a pas de ce nom ; prenez-en une dans la liste.
refusal-quiet-days = Pour combien de jours : dites-le ; seul ce qui tient à une machine peut rester sans fin.
refusal-quiet-reason = Pourquoi : dites en 1 à 500 caractères pourquoi ces signaux ne disent rien ici.
refusal-quiet-many = Levez d’abord une mise de côté : deux cents sont déjà en place.
refusal-bytes-stopped = L’envoi s’est arrêté ({ $why }) : renvoyez le reste.
refusal-file-large = Ce fichier fait au plus { $most } octets.
refusal-size = Taille : de 1 à { $most } octets.
refusal-offset = { $arrived } octets sont arrivés : continuez de là.
refusal-rest = { $arrived } octets sur { $all } sont arrivés : envoyez le reste.
refusal-sha256 = Ce qui est arrivé a pour SHA-256 { $sha256 } : il a changé en route ; annoncez-le de nouveau.
refusal-files-many = Fichiers : au plus { $most } à la fois ; envoyez les autres ensuite.
refusal-scope-asset = Portée : le signal ne nomme aucune machine ; ne marquez que lui.
refusal-scope-host = Portée : le signal ne donne aucun nom d’hôte ; ne marquez que lui.
refusal-level = Au moins : l’un de ces niveaux : { $levels }.
refusal-no-about = Au sujet de : la carte ne connaît ni machine ni service { $about } ; laissez vide.
refusal-query = Que chercher : { $why }
refusal-quiet-tactic = Tactique : l’une de celles-ci : { $tactics }.
refusal-quiet-term = Pour combien de jours : de 1 à { $most }, jusqu’à 3650 quand cela tient à une machine.
