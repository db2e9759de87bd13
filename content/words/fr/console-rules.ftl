### Règles : celles qui parlent, celles qui sont mises de côté

rules-title = { $count ->
    [0] Aucune règle n’a parlé
    [one] Une règle a parlé
   *[other] { $count } règles ont parlé
} ; { $quiet ->
    [0] aucune n’est mise de côté.
    [one] une mise de côté tient.
   *[other] { $quiet } mises de côté tiennent.
}
rules-lede = Ce qu’une règle dit plus de { $budget } fois par heure sur une machine tient en une ligne, avec un compte. Chaque correspondance reste dans les preuves et dans le JSON de l’évaluation.
rules-spoke = Règles qui ont parlé, les plus bavardes d’abord
rules-none = Aucune règle n’a parlé : rien n’a été lu, ou rien n’y correspondait.
rules-column-rule = Règle
rules-column-level = Niveau
rules-column-matches = Signaux
rules-column-chained = En chaîne
rules-column-hosts = Machines
rules-column-first = Premier
rules-column-last = Dernier
rules-nothing = aucun
rules-once = une seule fois
quiet-title = Mis de côté
quiet-none = Rien n’est mis de côté. Si un scanneur ou une sauvegarde déclenche une règle chaque nuit, mettez cette règle de côté sur cette machine, en disant pourquoi.
quiet-add = Mettre des signaux de côté
quiet-explained = Les signaux mis de côté restent sur la chronologie, barrés, avec votre raison ; ni chaîne, ni état, ni échéance ne repose sur eux. Nommez une règle ou une tactique, et la machine que vous connaissez. Sans machine, cela finit de soi-même.
quiet-days = Pour combien de jours
quiet-days-hint = au plus { $days } sans machine ; vide : jusqu’à la levée
quiet-reason = Pourquoi ils ne disent rien ici
quiet-do = Mettre de côté
quiet-until = jusqu’au
quiet-ended = a pris fin
quiet-open = jusqu’à la levée
quiet-lift = Lever
quiet-lifted = levé
signal-suppressed = Mis de côté :
signal-quieten = Mettre de tels signaux de côté dans d’autres incidents aussi
line-first = première fois ici
line-more = { $count ->
    [one] et un autre semblable dans l’heure
   *[other] et { $number } autres semblables dans l’heure
}
costs-title = Ce que coûtent les règles
costs-none = Rien n’a été jugé depuis le démarrage de ce serveur.
costs-explained = Depuis le démarrage de ce serveur, mesuré sur un événement sur { $every }. Lire les événements pour toutes les règles à la fois en a pris { $shared } ; le reste est ce que chaque règle a demandé pour elle seule.
costs-ms = { $ms } ms
costs-percent = { $percent } %
costs-below = < 1 %
rules-column-looked = Examinée
rules-column-time = Temps
rules-column-share = Du total
costs-counted = comptée pour : { $title }
