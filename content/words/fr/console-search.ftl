# Recherche : les événements gardés.

room-search = Recherche
search-title = Était-ce déjà là ?
search-what = Que chercher
search-hint = un mot, "une expression", Champ:valeur, * pour tout texte, and, or, not, parenthèses
search-since = Depuis
search-since-hint = 90d (jours), 36h, ou un jour comme 2026-11-20T14:00 ; vide pour tout
search-until = Jusqu’à
search-until-hint = un jour comme 2026-11-21T08:00 ; vide pour maintenant
search-do = Chercher
search-examples = Par exemple
search-fields = Majuscules et minuscules se valent dans les valeurs. Outre les champs propres à l’événement, il y a host, user, provider, channel, event_id, format, path, address, line et rule.
search-found = { $count ->
    [0] Rien trouvé
    [one] Un événement trouvé
   *[other] { $count } événements trouvés
}
search-went = Parcourus : { $events } événements de { $files } fichiers ; { $parts } parties de fichiers ne pouvaient rien en contenir.
search-full = Voici les { $count } premiers, les jours les plus récents d’abord : précisez la recherche pour en voir d’autres.
search-late = Elle s’est arrêtée après { $seconds } secondes : précisez la recherche, ou donnez-lui un début.
search-not-reached = { $count ->
    [one] Un fichier plus ancien n’a pas été atteint.
   *[other] { $count } fichiers plus anciens n’ont pas été atteints.
}
search-unread = { $count ->
    [one] Un fichier n’a pas pu être lu : son contenu n’a pas été cherché.
   *[other] { $count } fichiers n’ont pas pu être lus : leur contenu n’a pas été cherché.
}
search-column-when = Quand
search-column-host = Hôte
search-column-source = Source
search-column-line = Événement
search-cut = Il est plus long : l’API le donne en entier.
search-this-host = chercher cet hôte partout
search-open-quote = Le guillemet ouvert au caractère { $at } n’est pas fermé : ajoutez " à la fin.
search-open-parenthesis = La parenthèse ouverte au caractère { $at } n’est pas fermée : ajoutez ) à la fin.
search-closes = La parenthèse au caractère { $at } ne ferme rien : retirez-la.
search-missing = Il manque quelque chose à chercher au caractère { $at } : écrivez-y un mot ou Champ:valeur.
search-too-long = La recherche est trop longue : au plus 10 000 caractères et 64 parenthèses imbriquées.
search-bad-since = Écrivez une durée comme 90d ou 36h, ou un jour comme 2026-11-20T14:00.
search-bad-until = Écrivez un jour comme 2026-11-21T08:00.
problem-busy = D’autres recherches sont en cours
