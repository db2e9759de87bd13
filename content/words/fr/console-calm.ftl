# Le calme : ce que voit la veille quand aucun incident n’est ouvert.

room-calm = Calme
watch-title = Veille permanente
bar-watch = veille depuis { $when } · il y a { $span }
calm-no-watch = Rien n’est encore arrivé de soi-même
calm-no-watch-why = Dirigez des expéditeurs de journaux vers cette console : ce qu’ils envoient est surveillé tant que tout est calme. D’ici là, apportez des preuves à un incident.
calm-begins = Ce qui est arrivé est en cours d’examen
calm-title = { $count ->
    [0] Rien de ce qui est arrivé ne mérite un regard
    [one] Une chaîne de signaux mérite un regard
   *[other] { $count } chaînes de signaux méritent un regard, la plus grave d’abord
}
calm-read = Sous veille : { $events } événements, { $signals } signaux, de { $first } à { $last }. La dernière semaine compte ici ; les événements plus anciens restent dans la recherche.
calm-chains = Chaînes de signaux
calm-no-chain = Aucun signal qui aille avec d’autres.
calm-care = Si ses machines étaient perdues maintenant, ceci s’arrête ou se dégrade : { $names }.
calm-care-none = Aucun service de soins de la carte ne dépend de ses machines.
calm-care-no-map = Sans carte, personne ne sait quels soins en dépendent.
calm-signals = Ses signaux dans l’ordre
calm-declare = Déclarer un incident
calm-incident = Signes d’une attaque sur { $host }
problem-watch = La veille n’est pas encore un incident
problem-arrived = Ce qui est arrivé de soi-même n’est pas relu
health-events = Événements gardés pour les recherches
health-events-take = Ils occupent { $size }.
health-events-unknown = La place qu’ils prennent ne peut pas être lue.
health-events-days = { $count ->
    [0] Gardés sans limite de temps.
    [one] Retirés un jour après leur arrivée.
   *[other] Retirés { $count } jours après leur arrivée.
}
health-events-bytes = Au-delà de { $size }, les jours les plus anciens partent d’abord.
unproven-cut = Une partie de ce qui fonde cette coupure vient d’expéditeurs qui ne prouvent rien (syslog) : regardez la machine avant de couper.
unproven-chain = Une partie de ceci vient d’expéditeurs qui ne prouvent rien (syslog) : n’importe qui sur le réseau a pu l’envoyer.
