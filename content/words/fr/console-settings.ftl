### Console : annuaire, réglages, audit, santé

directory-title = L’annuaire de l’hôpital (OpenID Connect)
directory-explained = Chacun entre avec le nom qu’il a déjà. Déclarez là-bas cette adresse de retour :
directory-issuer = Émetteur, à la lettre près
directory-client = Notre nom là-bas (client id)
directory-secret = Notre secret là-bas
directory-label = Comment l’appelle la page d’entrée
directory-role = Qui vient pour la première fois devient
directory-refuse = personne : refuser qui nous est inconnu
directory-do = Entrer avec { $label }
directory-distrusted = L’annuaire n’est pas digne de confiance pour l’instant : seuls les comptes locaux et scellés entrent.
directory-trust = Refaire confiance à l’annuaire
directory-unknown = L’annuaire vous connaît, Rempart non
directory-unknown-lede = Demandez un compte à qui gère les personnes, ou qu’on laisse entrer les nouveaux.
problem-directory = L’annuaire ne vous a pas laissé entrer.
problem-distrusted = L’annuaire n’est pas digne de confiance pour l’instant : prenez un compte local ou scellé.

settings-title = { $failed ->
    [0] Réglages : tout ce qui devait partir a été pris
    [one] Réglages : un message n’a pas été pris par l’autre côté
   *[other] Réglages : { $failed } messages n’ont pas été pris par l’autre côté
}
settings-lede = Ils valent pour tous les sites. Les secrets donnés ici sont scellés sous le fichier de clé et ne sont plus jamais montrés ; chaque changement est dans l’audit.
settings-language = Langue pour qui n’en dit aucune
settings-keep = Garder
settings-sealed = un secret est gardé ; laissez vide pour le conserver
mail-title = Courriel
mail-explained = Pour les tâches confiées et les échéances : un lien, aucun détail de l’incident.
mail-host = Serveur
mail-port = Port
mail-security = Protection
mail-starttls = STARTTLS
mail-tls = TLS
mail-none = aucune (un serveur sur cette machine)
mail-user = Notre nom là-bas
mail-from = Expéditeur
webhooks-title = Webhooks
webhooks-explained = Un appel signé avec un lien et sans détail ; jamais vers une adresse privée, sauf si vous le dites ici.
webhooks-url = Adresse
webhooks-kinds = Ce qui est dit ; tout, si vide
webhooks-private = Cette adresse peut être privée
webhooks-private-tag = adresse privée
webhooks-do = Ajouter
webhooks-made = Le secret du webhook
webhooks-made-lede = Copiez-le maintenant chez le destinataire, qui vérifie ainsi notre signature : il n’est montré qu’une fois.
copies-title = Copies de la base
copies-folder = Dossier du serveur
copies-hint = le chemin entier ; un disque amovible ou une autre machine est préférable
copies-keep = Combien en garder
copies-hours = Heures entre deux copies
copies-hours-hint = une copie manquée est reprise dans l’heure
copies-none = Aucune copie n’a encore été faite.
copies-failed = Dernier échec :
copies-by-flag = Le serveur a été démarré avec --copies : c’est ce qui compte, et cela se change là.
copies-no-lock = Aucune copie n’est faite : qui en trouverait une pourrait la lire. Qui peut ouvrir les copies se dit au démarrage du serveur : --copies-recipient age1… ou --copies-passphrase-file FICHIER.
copies-passphrase = Qui connaît la phrase secrète du fichier du serveur peut ouvrir une copie.
copies-recipients = { $count ->
    [one] Le détenteur d’une clé peut ouvrir une copie.
   *[other] Les détenteurs de { $count } clés peuvent ouvrir une copie.
}
problem-configured = Cela se dit au démarrage du serveur, et se change là.
deliveries-lost = Non pris par l’autre côté
deliveries-again = nouvel essai
deliveries-given-up = abandonné
deliveries-now = Essayer maintenant
problem-taken = L’autre côté l’a déjà pris : ce n’est pas renvoyé.
carrier-mail = courriel à
carrier-webhook = webhook

audit-title = { $count ->
    [one] Un changement est consigné
   *[other] { $count } changements sont consignés
}
audit-lede = Chaque ligne porte l’empreinte de la précédente : aucune ne peut être changée ni retirée sans que cela se voie.
audit-holds = { $count ->
    [one] Vérifié à l’instant : la ligne tient.
   *[other] Vérifié à l’instant : les { $count } lignes tiennent.
}
audit-long = { $count } lignes.
audit-check = Les vérifier maintenant
audit-broken = La chaîne casse à la ligne { $line } :
audit-fault-missing = il manque une ligne avant elle
audit-fault-order = elle ne découle pas de la ligne d’avant
audit-fault-altered = elle a été modifiée
audit-filter = Montrer
audit-kind = Sorte
audit-actor = Qui
audit-verb = A fait
audit-any = indifférent
audit-when = Quand
audit-what = Quoi
audit-change = Avant et après
audit-fields = { $count ->
    [one] un champ
   *[other] { $count } champs
}
audit-none = Aucune ligne n’est ainsi.
audit-older = Lignes plus anciennes
audit-export = Exporter en NDJSON
audit-by-person = personne
audit-by-ward = dans un service
audit-by-token = programme
audit-by-command = commande sur le serveur
audit-by-machine = Rempart lui-même
audit-did-add = ajout
audit-did-edit = changement
audit-did-remove = retrait
audit-did-refused = refus
audit-did-break-glass = bris de glace
audit-did-export = export
audit-did-trust = confiance rendue
audit-did-distrust = confiance retirée
audit-did-download = téléchargement
audit-to-account = compte
audit-to-assessment = évaluation
audit-to-attachment = fichier
audit-to-audit = audit
audit-to-backup = copie de sauvegarde
audit-to-call = appel
audit-to-cut = coupure
audit-to-decision = décision
audit-to-delivery = envoi
audit-to-directory = annuaire
audit-to-duty = rôle de la nuit
audit-to-factor = second facteur
audit-to-grant = rôle
audit-to-incident = incident
audit-to-link = lien à usage unique
audit-to-log-in = connexion
audit-to-map_version = version de la carte
audit-to-mark = faux signal
audit-to-message = message
audit-to-note = note
audit-to-notice = déclaration
audit-to-second-factor = second facteur
audit-to-session = session
audit-to-setting = réglage
audit-to-sighting = constat
audit-to-signals = signaux
audit-to-step = étape de reprise
audit-to-suppression = règle mise de côté
audit-to-task = tâche
audit-to-token = jeton
audit-to-ward_code = code d’un service
audit-to-ward_report = nouvelles d’un service
audit-to-webhook = webhook

health-title = { $count ->
    [0] Rempart va bien
    [one] Une chose ne va pas dans Rempart
   *[other] { $count } choses ne vont pas dans Rempart
}
health-lede = Le programme lui-même, non l’hôpital : ce sur quoi il repose, et ce dont on le rétablirait.
health-version = Version
health-up = En marche depuis
health-store = Base
health-answers = { $count ->
    [0] répond en moins d’une milliseconde
    [one] répond en une milliseconde
   *[other] répond en { $count } millisecondes
}
health-silent = ne répond pas
health-disk = Disque du dossier de données
health-disk-free = { $size } libres
health-disk-little = seulement { $size } libres : faites de la place avant que l’écriture ne s’arrête
health-disk-unknown = inconnu : ce système ne le dit pas
health-clock = Horloge
health-clock-right = plausible
health-audit = Audit
health-out = Courriels et webhooks
health-out-none = rien n’a été abandonné
health-out-lost = { $count ->
    [one] un message a été abandonné
   *[other] { $count } messages ont été abandonnés
}
health-out-stuck = { $count ->
    [one] un message est en attente d’un nouvel essai
   *[other] { $count } messages sont en attente d’un nouvel essai
}
health-certificate = Notre propre certificat, SHA-256
health-sources = Sources
health-no-sources = Aucune n’envoie en continu : les traces sont apportées par des personnes. Aucune ne peut donc se taire.
health-speak = { $count ->
    [0] Aucune n’a encore rien envoyé.
    [one] Une envoie d’elle-même
   *[other] { $count } envoient d’elles-mêmes
}{ $count ->
    [0] {""}
   *[other] {" "}; { $silent ->
        [0] aucune ne s’est tue.
        [one] une s’est tue.
       *[other] { $silent } se sont tues.
    }
}
sources-title = Ce qui arrive de soi-même
sources-by-token = jeton
sources-by-certificate = certificat
sources-by-folder = fichier suivi
sources-by-itself = Rempart lui-même
sources-by-none = rien ne prouve qui envoie
sources-silent = muette depuis
sources-silent-hosts = muettes :
sources-every = d’ordinaire toutes les { $span }
sources-kept = { $count ->
    [one] un événement gardé
   *[other] { $number } événements gardés
}
sources-last = dernier
sources-shed = { $count ->
    [one] un événement refusé pour de bon
   *[other] { $count } événements refusés pour de bon
}
sources-damaged = { $count ->
    [one] un passage n’a pas pu être relu
   *[other] { $count } passages n’ont pas pu être relus
}
health-copied = Dernière bonne copie :
health-no-copy = Aucune copie n’a jamais été faite. Nommez un dossier dans la page Réglages, ou lancez : rempart backup
health-tested = rétablie pour essai
health-untested = jamais rétablie pour essai
mail-deadline-subject = Rempart : une échéance approche
mail-deadline-text = Une échéance approche. Voyez-la ici : { $link }
mail-task-subject = Rempart : une tâche vous est confiée
mail-task-text = Une tâche vous a été confiée. Ouvrez-la ici : { $link }
health-late = { $count ->
    [one] Une correspondance est venue trop tard pour que les corrélations la comptent.
   *[other] { $number } correspondances sont venues trop tard pour que les corrélations les comptent.
}
