# Mots de la console : échéances, décisions, tâches, messages, relève.

go-back = Retour
answer-yes = Oui
answer-no = Non
problem-sent = C’est envoyé et ne se réécrit pas : commencez-en un autre.
problem-decided = C’est déjà décidé. Une correction est une nouvelle décision.
problem-blanks = Il reste un blanc à compléter : cherchez les crochets avec des points de suspension.
problem-unapproved = Une personne qui peut parler au nom de l’hôpital l’approuve d’abord.

# Deux personnes sur un texte
both-title = Quelqu’un d’autre a changé ce texte pendant que vous écriviez.
both-lede = Rien n’a été écrasé. D’un côté, ce que vous avez écrit ; de l’autre, ce qu’a écrit { $who } : gardez le vôtre ou réunissez les deux, puis envoyez.
both-mine = Ce que vous avez écrit
both-theirs = Ce qui est enregistré
both-keep = Garder mon texte
both-leave = Laisser tel quel

# Échéances
clocks-title = { $count ->
    [one] Une notification est due ; il reste { $span }.
   *[other] { $count } notifications sont dues ; il reste { $span } pour la première.
}
clocks-title-mixed = { $count } notifications sont dues : { $now ->
    [one] une sans délai
   *[other] { $now } sans délai
}, la suivante dans { $span }.
clocks-title-late = { $late ->
    [one] Une notification est en retard
   *[other] { $late } notifications sont en retard
}, sur { $count } à envoyer.
clocks-title-at-once = { $count ->
    [one] Une notification est due sans délai.
   *[other] { $count } notifications sont dues sans délai.
}
clocks-title-none = Personne n’est à prévenir avant une heure connue.
clocks-aware = Les délais courent depuis que l’hôpital a la certitude raisonnable de l’incident :
clocks-lede = Ouvrez une ligne pour le texte à envoyer : ce qui est connu est rempli, le reste est marqué.
clocks-set-aware = Fixer une autre heure
clocks-aware-at = Certitude depuis
clocks-aware-do = Fixer
clocks-event-at = Quand était-ce ?
clocks-none = Rien n’a été lu : les échéances que les traces trancheraient restent possibles. Répondez à leurs questions, ou apportez des traces sur la page
clocks-due = Dues
clocks-due-means = le délai court
clocks-possible = Possibles
clocks-possible-means = une question décide
clocks-on-request = Sur demande
clocks-on-request-means = quand quelqu’un le demande
clocks-answered = Répondu
clocks-answered-means = les échéances en tiennent compte
clocks-more = { $count ->
    [one] Une autre question
   *[other] { $count } autres questions
}
clocks-how-many = Combien
clocks-answer = Répondre
clocks-drafted = commencée
clocks-sent = Envoyées
clocks-none-sent = Rien n’est encore envoyé. Ce que vous marquez comme envoyé reste ici, avec l’heure et la référence.
clocks-calendar = Échéances pour un agenda

# Une notification
notice-not-now = D’après ce qui est connu, elle n’est pas due.
notice-text = Ce qu’il faut envoyer
notice-blanks = { $count ->
    [0] tout est rempli
    [one] il reste un endroit à compléter
   *[other] il reste { $count } endroits à compléter
}
notice-save = Enregistrer le brouillon
notice-saved = Enregistré par
notice-sent-title = Envoyée ?
notice-sent-how = Envoyez-la par la voie du destinataire, puis notez-le ici : le texte reste tel qu’il a été envoyé.
notice-who-sends = La personne qui peut parler au nom de l’hôpital note ici l’envoi.
notice-reference = Référence
notice-reference-hint = le numéro de l’accusé de réception, s’il y en a un
notice-sent-at = Envoyée à
notice-sent-at-hint = vide : maintenant
notice-proof = Preuve
notice-no-proof = Une preuve (accusé, écran, courriel) pourra être choisie ici une fois apportée sur la page Preuves.
notice-sent-do = Elle est envoyée
notice-text-sent = Le texte envoyé
notice-print = Imprimer ce texte

# Décisions
log-title = { $waiting ->
    [0] Aucune décision n’attend ;
    [one] Une décision attend ;
   *[other] { $waiting } décisions attendent ;
} { $taken ->
    [0] aucune n’est prise.
    [one] une est prise.
   *[other] { $taken } sont prises.
}
log-lede = Ce qui a été décidé, par qui, pourquoi, à quel prix. Rien ne s’efface.
log-waiting = En attente
log-settled = Décidé
log-none = Rien n’est encore décidé. Écrivez la première décision, même petite : qui, quoi, pourquoi.
log-for = Pour
log-put-down = notée
log-take = Je la prends
log-decline = L’écarter
log-decline-do = L’écarter
log-reason = Pourquoi
log-levers = Actionne
log-correct = corriger
log-corrects = Corrige « { $title } » du { $when }.
log-new = Nouvelle décision
log-what = Ce qui est décidé
log-why = Pourquoi
log-why-hint = ce que vous saviez à ce moment
log-who = Qui décide
log-who-hint = vide : vous
log-new-taken = C’est décidé
log-later = Ce n’est pas encore décidé
log-by = Avant quand
log-new-waiting = Noter ce qui est à décider
log-append-only = Ce qui est décidé reste tel qu’écrit. Pour corriger, écrivez une nouvelle décision.
decision-taken = prise
decision-declined = écartée

# Tâches
tasks-title-none = Personne n’a encore de tâche.
tasks-title = { $open ->
    [0] Il ne reste rien à faire
    [one] Une tâche est ouverte
   *[other] { $open } tâches sont ouvertes
}{ $free ->
    [0] {""}
    [one] , dont une à personne
   *[other] , dont { $free } à personne
}{ $late ->
    [0] .
    [one] , une est en retard.
   *[other] , { $late } sont en retard.
}
tasks-lede = Une décision laisse ici des tâches ; chacun peut en ajouter. Qui n’a pas d’écran reçoit une feuille.
tasks-print = Imprimer la feuille de retour
tasks-none = Aucune tâche ne correspond : choisissez-en d’autres plus haut.
tasks-none-yet = Prenez une décision sur la page Couper et ses tâches viendront ici, ou notez-en une plus haut.
tasks-filter-who = À qui
tasks-filter-show = Lesquelles
tasks-filter = Montrer
tasks-everybody = à tous
tasks-nobody = Personne encore
tasks-show-open = ouvertes
tasks-show-late = en retard
tasks-show-blocked = bloquées
tasks-show-done = faites
tasks-show-all = toutes
tasks-what = Quoi
tasks-how = Comment, où
tasks-who = Qui
tasks-by = Avant quand
tasks-add = Ajouter
tasks-edit = Attribuer ou changer
tasks-save = Enregistrer
tasks-waits-for = Attend
tasks-decision = sa décision
tasks-done-at = faite
task-open = ouverte
task-doing = en cours
task-blocked = bloquée
task-done = faite
task-dropped = abandonnée
task-do-open = Rouvrir
task-do-doing = Je commence
task-do-blocked = C’est bloqué
task-do-done = C’est fait
task-do-dropped = Abandonner
returns-title = Saisir ce qui est revenu sur papier
returns-lede = Une ligne par code de la feuille. Une heure veut dire fait ; une remarque seule laisse la tâche ouverte.
returns-code = Code
returns-at = Fait à
returns-by = Par
returns-remark = Remarque
returns-not-asked = fait sans être demandé
returns-do = Saisir

# Messages
messages-title = { $drafts ->
    [0] Aucun texte n’est en cours
    [one] Un texte est en cours
   *[other] { $drafts } textes sont en cours
}, { $approved ->
    [0] aucun n’attend de partir
    [one] un attend de partir
   *[other] { $approved } attendent de partir
}, { $sent ->
    [0] aucun n’est parti.
    [one] un est parti.
   *[other] { $sent } sont partis.
}
messages-lede = Une seule voix. Des mots simples, pas de cause, pas de coupable, pas de promesse, et l’heure de la prochaine information.
audience-staff = Personnel
audience-patients = Patients et proches
audience-press = Presse
audience-partners = Partenaires
audience-none-staff = Rien n’a encore été dit au personnel. Il l’apprend d’abord, et de vous.
audience-none-patients = Rien n’a encore été dit aux patients : une page à l’entrée évite cent questions.
audience-none-press = Rien n’a encore été dit à la presse. Ayez un texte prêt avant le premier appel.
audience-none-partners = Rien n’a encore été dit aux partenaires : ils se protègent, et peuvent aider.
messages-begin = Commencer un texte
messages-blank = un texte vide
messages-new = Nouveau texte
messages-heading = Titre
messages-text = Texte
messages-blanks-hint = complétez ce qui est entre crochets
messages-save = Enregistrer
messages-blanks = { $count ->
    [one] il reste un blanc à compléter
   *[other] il reste { $count } blancs à compléter
}
messages-edit-undoes = un changement retire l’approbation
messages-next = La suite
messages-fill = Complétez ce qui est entre crochets ; il pourra alors être approuvé.
messages-approve-means = Approuver laisse partir ces mots mêmes. Un changement retire l’approbation.
messages-approve = Approuver ce texte
messages-approved-by = Approuvé par
messages-who = Une personne qui peut parler au nom de l’hôpital l’approuve et note qu’il est parti.
messages-sent-at = Parti à
messages-sent-at-hint = vide : maintenant
messages-sent-do = Il est parti
messages-gone = Il est parti et reste tel quel. Pour en dire plus, commencez un autre texte.
messages-print = L’imprimer
messages-draft-printed = Ce texte n’est pas encore approuvé.
message-draft = brouillon
message-approved = approuvé
message-sent = parti

# Relève
handover-title = Depuis { $when } : { $decisions ->
    [0] rien n’a été décidé
    [one] une décision a été prise
   *[other] { $decisions } décisions ont été prises
} ; { $open ->
    [0] aucune tâche n’est ouverte
    [one] une tâche est ouverte
   *[other] { $open } tâches sont ouvertes
}{ $late ->
    [0] .
    [one] , dont une en retard.
   *[other] , dont { $late } en retard.
}
handover-since = Depuis quand
handover-show = Montrer
handover-last = depuis la dernière relève
handover-start = depuis le début
handover-notes = Dit pour la relève
handover-no-notes = Personne n’a encore écrit un mot pour la relève : promesses faites, qui dort, ce qui inquiète.
handover-decisions = Décidé
handover-no-decisions = Rien n’a été décidé dans ce temps.
handover-waiting = Encore à décider
handover-tasks = Encore à faire
handover-no-tasks = Aucune tâche n’est ouverte.
handover-done = { $count ->
    [one] Une tâche a été faite dans ce temps.
   *[other] { $count } tâches ont été faites dans ce temps.
}
handover-wards = Ce qu’ont dit les services
handover-no-words = Aucun service n’a parlé dans ce temps.
handover-cuts = Coupé en ce moment
handover-no-cuts = Rien n’est coupé.
handover-tell = Prévenus, et à prévenir
handover-none-to-tell = Rien n’est envoyé, rien n’est dû.
handover-sent = envoyé
handover-write = Un mot pour votre relève
handover-text = Que doit-elle savoir ?
handover-text-hint = promesses faites, qui dort, ce qui inquiète, ce qui vient
handover-write-do = L’écrire
handover-relieve = Je transmets mon rôle
handover-role = Rôle
handover-to = À qui
handover-relieve-do = Transmettre
handover-paper = Imprimée, cette page part avec la relève.
