# Restauration.
restoration-none = Rien à faire revenir n’est encore connu
restoration-none-lede = Le plan apparaît dès que les traces montrent une perte.
restoration-title = De retour en premier : { $ward }, { $at }. Le dernier des { $all } au plus tard { $last }.
restoration-unknown = { $all ->
    [0] Aucun service de soins n’attend
    [one] Un service de soins attend, sans retour connu
   *[other] { $all } services de soins attendent, sans retour connu
}
restoration-lede = Les étapes se placent là où elles rendent le plus de soins ; dites ce qui est commencé, fait ou en retard, et le plan est refait.
restoration-without = { $count ->
    [one] Un service n’a pas de retour connu : ses machines n’ont ni étapes ni copie.
   *[other] { $count } services n’ont pas de retour connu : leurs machines n’ont ni étapes ni copie.
}
restoration-tainted = { $count ->
    [one] Une copie est peut-être touchée : vérifiez-la avant de vous en servir.
   *[other] { $count } copies sont peut-être touchées : vérifiez-les avant de vous en servir.
}
restoration-running = { $count ->
    [one] Une machine compromise tourne encore et n’est pas dans ce plan.
   *[other] { $count } machines compromises tournent encore et ne sont pas dans ce plan.
}
restoration-planning = Le plan est en train d’être refait.
restoration-compare = perd { $plan } heures de soins ; le service le plus lourd d’abord en perdrait { $plain } ; aucun plan n’en perd moins de { $bound }
restoration-no-steps = Aucune étape ne peut être planifiée : la carte n’en dit pas pour ce qui est perdu.
restoration-moved = { $count ->
    [0] Ce que la dernière parole a déplacé : rien
    [one] Ce que la dernière parole a déplacé : un service
   *[other] Ce que la dernière parole a déplacé : { $count } services
}
restoration-still = Chaque service revient quand il revenait avant.
restoration-wards = Retour de chaque service
restoration-range = fourchette : toutes les étapes au plus court, toutes au plus long, dans le même ordre
restoration-no-range = pas de fourchette connue : la carte donne une seule durée à chaque étape
restoration-between = Entre
restoration-whole = Complet à partir de
restoration-steps = Étapes
restoration-say = dire
restoration-said = Ce qui a été dit
restoration-nodes = D’où revient chaque machine
restoration-data = Données perdues
restoration-maybe-tainted = peut-être touchée
restoration-not-planned = Tournent encore, hors du plan : { $names }.
step-begun = commencée
step-done = faite
step-late = en retard
step-pinned = pas avant
step-ago = Il y a (minutes)
step-ahead = Dans (minutes)
step-reason = Pourquoi
step-late-do = En retard : finit alors
step-pinned-do = Fixer : pas avant
wait-chosen = Pas avant l’instant choisi par quelqu’un.
