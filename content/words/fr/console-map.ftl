# Carte des soins et « et si ».
map-title = { $lost ->
    [one] Une machine perdue
   *[other] { $lost } machines perdues
} : { $hit ->
    [0] aucun service touché
    [one] un service touché
   *[other] { $hit } services touchés
}, { $stopped } à l’arrêt, { $worse } dégradés ou en secours
map-title-if = Dans ce cas : { $lost ->
    [one] une machine en moins
   *[other] { $lost } machines en moins
}, { $hit ->
    [0] aucun service touché
    [one] un service touché
   *[other] { $hit } services touchés
}, { $stopped } aussitôt à l’arrêt, { $worse } dégradés ou en secours
map-title-calm = { $care ->
    [one] Un service de soins repose
   *[other] { $care } services de soins reposent
} sur { $assets } machines
map-next = Ensuite : { $ward } – { $what }.
map-lede = Choisissez une case pour voir ce dont elle a besoin, qui a besoin d’elle, et ce qui suivrait sa perte.
map-pulled = { $count ->
    [one] Un levier est actionné, et compte ici.
   *[other] { $count } leviers sont actionnés, et comptent ici.
}
seen-say = Dire ce que vous en voyez
seen-how = Dans quel état est-elle ?
seen-lost = perdue : chiffrée, effacée ou hors d’usage
seen-compromised = aux mains d’un attaquant, encore en marche
seen-suspected = peut-être touchée
seen-sound = vérifiée, et saine
seen-since = Depuis
seen-since-hint = une heure comme 02:14 ; maintenant, si vide
seen-reason = Que voyez-vous ?
seen-do = Le noter
seen-stands = Cela compte tout de suite, avant tout journal, avec votre nom et l’heure. Vous pourrez le retirer.
map-picture = Des soins aux machines
map-legend = Carré : à l’arrêt ou perdu · triangle : dégradé ou compromis · demi-disque : en secours · triangle pointillé : menacé ou suspect · trait plein : arrête · trait pointillé : dégrade · trait fort : touché aux deux bouts
map-shows-all = Les { $all } cases
map-shows-hot = Ce qui est touché : { $shown } cases sur { $all }
map-shows-near = Autour de la case choisie : { $shown } sur { $all }
map-shows-care = Soins et applications : { $shown } sur { $all } ; choisissez-en une pour voir ses machines
map-show-all = tout montrer
map-show-hot = montrer ce qui est touché
map-show-near = montrer le voisinage
map-twin = La même chose en mots
map-none-hit = Aucun service de soins n’est touché.
map-rest = { $count ->
    [one] Un service de soins n’est pas touché
   *[other] { $count } services de soins ne sont pas touchés
}
clock-worse = dégradé à
clock-stops = s’arrête à
clock-holds = tient
state-cut-off = coupé
panel-close = Fermer
panel-since = depuis
panel-care = service de soins, { $site }
panel-application = application
panel-needs = Il a besoin de
panel-needs-nothing = Rien que la carte nomme.
panel-needed-by = Ont besoin de lui
panel-needed-by-nobody = Rien que la carte nomme.
panel-at-least = au moins { $least } sur { $all }
panel-stops = s’arrête
panel-worse = se dégrade
panel-at-once = aussitôt
panel-after = après { $span }
panel-at-risk = Si l’attaque continue :
panel-ward = Son tableau de service
whatif-ask = Et si ?
whatif-how = Glissez une case ou un levier avec la souris, ou cochez-le ici ; rien n’est fait, rien n’est écrit.
whatif-find = Machine
whatif-search = Chercher
whatif-machine = Machine
whatif-lose = Perdue
whatif-isolate = Isolée
whatif-levers = { $count ->
    [one] Un levier
   *[other] { $count } leviers
}
whatif-do = Montrer ce qui suivrait
whatif-clear = Revenir à ce qui est
whatif-title = Ce qui suivrait
whatif-lost = Perdus : { $names }.
whatif-isolated = Isolés : { $names }.
whatif-pulled = Coupures : { $names }.
whatif-wards = services dont l’horloge change
whatif-danger = si l’attaque continue
whatif-before = (aujourd’hui { $was })
whatif-reach = { $count ->
    [0] l’attaquant n’atteint plus rien
    [one] l’attaquant atteint encore une machine
   *[other] l’attaquant atteint encore { $count } machines
}
whatif-horizon = Heures de soins sur { $span }, pondérées par service.
whatif-nothing = L’horloge d’aucun service ne change.
whatif-then = Dans ce cas
whatif-now = Aujourd’hui
whatif-lose-it = Et s’il est perdu ?
whatif-lose-not = Non perdu
whatif-isolate-it = Et s’il est isolé ?
whatif-isolate-not = Non isolé
whatif-pull-it = Tirer : { $lever }
whatif-drop-cut = Isolée ou tirée
