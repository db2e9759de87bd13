### Chronologie, signaux et marques

timeline-title = Tout a commencé { $start } ; le dernier signe date de { $end }.
timeline-title-none = Il y a des signaux, et aucun ne se joint en une attaque.
timeline-title-empty = Rien encore sur la chronologie.
timeline-lede = { $count ->
    [0] Aucun signal
    [one] Un signal
   *[other] { $signals } signaux
} dans les traces, { $lines ->
    [0] rien encore d’écrit par quelqu’un.
    [one] une chose faite ou écrite par quelqu’un.
   *[other] { $lines } choses faites ou écrites par des personnes.
}
timeline-bring = Apporter des traces.
timeline-picture = La nuit d’un coup d’œil
timeline-zoom = Zoom
zoom-left = Avant
zoom-in = Plus près
zoom-out = Plus large
zoom-right = Après
zoom-night = La nuit
zoom-all = Toutes les traces
timeline-legend = Un rond : des signaux, plus gros s’il y en a plus ; plein si l’un est élevé ou critique. Un carré : ce que des personnes ont fait. Chacun mène à son moment.
timeline-capped = Seuls les 2 000 derniers signaux de ce moment sont dessinés ; la liste les a tous.
timeline-mark = { $when } : { $count ->
    [one] un signal
   *[other] { $count } signaux
}
timeline-now = Maintenant
timeline-list = Ce qui s’est passé, le plus récent d’abord
timeline-none = Rien ici. Élargissez la fenêtre, ou retirez un filtre.
timeline-pages = Pages
timeline-latest = Les plus récents
timeline-older = Plus anciens
tactic-none = Autre
lane-decisions = Décisions, avis
lane-cuts = Coupures et tâches
lane-words = Services, mots, notes
line-column-when = Quand
line-column-level = Genre
line-column-what = Quoi
line-column-where = Où
line-waits = à décider
line-decided = décidé
line-declined = écarté
line-to-do = à faire
line-done = fait
line-dropped = abandonné
line-cut = coupé
line-undone = rétabli
line-says = service
line-sent = envoyé
line-approved = approuvé
line-drafted = brouillon
line-seen = vu
line-noted = note
quick-title = Noter ce qui s’est passé
quick-time = À (vide : maintenant)
quick-text = Ce qui s’est passé
quick-about = Au sujet de (machine ou service)
quick-handover = Le dire à ma relève
quick-do = Noter
filter-show = Montrer
filter-show-both = Tout
filter-show-people = Ce que des personnes ont fait
filter-show-signals = Les signaux
filter-ward = Service
filter-asset = Machine
filter-host = Nom dans les journaux
filter-tactic = Pour quoi
filter-level = Au moins
filter-rule = Règle
filter-all = Tous
filter-do = Montrer
filter-clear = Retirer les filtres
signal-means = Pourquoi c’est important
signal-check = Que vérifier d’abord
signal-no-note = Cette règle n’a pas de note pour les hôpitaux. Son titre dit ce qui a été vu ; l’enregistrement ci-dessous est ce sur quoi il repose.
signal-record = L’enregistrement
signal-facts = Ce qui est connu
signal-tactics = Pour quoi
signal-techniques = Techniques (ATT&CK)
signal-rule = Règle
record-not-in-file = Le fichier est gardé, et cet enregistrement n’y a pas été trouvé : il a pu être remplacé ou lu autrement.
record-no-file = Le fichier où cet enregistrement a été lu n’est plus gardé ici.
record-large = Le fichier est long ; trouver l’enregistrement peut prendre quelques secondes.
record-read = Trouver l’enregistrement
record-too-long = Le fichier est si long que la recherche a été arrêtée après 20 secondes. Téléchargez-le et cherchez-y cet enregistrement.
record-cut = Une partie est laissée de côté ici parce qu’elle est longue.
mark-title = Ce n’est pas ce qu’il semble ?
mark-which = Qu’est-ce qui est faux
mark-one = Ce signal
mark-asset = Tous les signaux de cette règle sur { $name }
mark-host = Tous les signaux de cette règle venant de { $name }
mark-reason = Pourquoi
mark-do = Marquer comme faux
mark-undone = Plus rien ne reposera dessus ; la situation est calculée à nouveau. Il reste dans la liste et peut être rétabli.
mark-false = Marqué comme faux :
mark-every = tous les signaux de cette règle à cet endroit, ceux à venir aussi
mark-undo = Retirer la marque
