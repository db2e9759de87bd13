# Ce que `map check` dit d’une carte : ce qui ne va pas, puis quoi faire. Entre ` : une clé, un id ou une valeur du fichier.
map-check-sound = La carte est correcte : { $nodes ->
    [0] aucun nœud
    [one] un nœud
   *[other] { $nodes } nœuds
}. À regarder : { $remarks }.
map-check-wrong = À corriger : { $errors }. À regarder : { $remarks }.
map-check-remark = à regarder : { $mistake }
map-check-used = à regarder : la carte a des fautes ({ $count }) et sert telle quelle ; voyez-les toutes avec : rempart map check { $map }
map-check-refused = la carte a des fautes ({ $count }) et ne peut pas servir ; voyez-les toutes avec : rempart map check { $map }

# Sortes de choses, de valeurs, et comment les écrire
mistake-a = { $kind ->
    [site] un site
    [care_service] un service de soins
    [application] une application
    [asset] un équipement
    [node] un service de soins, une application ou un équipement
    [zone] une zone
    [zone_or_asset] une zone ou un équipement
    [flow] un flux
    [control] un contrôle
    [lever] un levier
    [team] une équipe
    [store] un dépôt de sauvegardes
    [clean_room] une salle propre
    [contact] un contact
    [restore_template] un modèle de restauration
    [need] un besoin
    [step] une étape
    [copy] cette copie
    [people] une entrée de `people`
   *[other] { $kind }
}
mistake-the = { $kind ->
    [site] le site
    [care_service] le service de soins
    [application] l’application
    [asset] l’équipement
    [zone] la zone
    [flow] le flux
    [contact] le contact
    [restore_template] le modèle
   *[other] { $kind }
}
mistake-value = { $kind ->
    [text] un texte
    [texts] une liste de textes
    [date] une date
    [instant] une date avec son heure
    [whole] un nombre entier
    [number] un nombre
    [flag] true ou false
    [list] une liste
    [table] une table
    [tables] une liste de tables
    [duration] une durée
    [size] une taille
    [rate] un débit
   *[other] { $kind }
}
mistake-write = { $wanted ->
    [text] écrivez-le entre guillemets
    [texts] écrivez ["un", "deux"]
    [instant] écrivez, par exemple, 2026-11-21T02:00:00+01:00
    [whole] écrivez-le sans guillemets
    [flag] écrivez true ou false, sans guillemets
    [table] écrivez { "{" } clé = valeur, … { "}" }
    [tables] écrivez [{ "{" } … { "}" }, { "{" } … { "}" }]
    [duration] écrivez-la comme 45s, 20min, 4h, 1h30 ou 2d, entre guillemets
    [size] écrivez-la comme 40GB, 1.5TB ou 512MiB, entre guillemets
    [rate] écrivez-le comme 200MB/s, au-dessus de zéro, entre guillemets
   *[other] { $wanted }
}
mistake-names-and-more = { $names } et { $count } de plus

# Valeurs
mistake-wrong-type = `{ $key }` est { $kind } ; il faut ici { $wanted }
mistake-bad-value = `{ $key }` vaut { $value }, qui n’est pas { $wanted }
mistake-out-of-range = `{ $key }` vaut { $number } ; il faut un nombre de { $least } à { $most }
mistake-out-of-range-help = corrigez le nombre
mistake-bad-hours = `{ $key }` ne donne pas deux heures de la journée
mistake-bad-hours-help = écrivez, par exemple, "08:00-18:00"
mistake-bad-address = { $value }, dans `{ $key }`, n’est pas une adresse
mistake-bad-address-help = écrivez-la comme { $example }
mistake-unknown-time-zone = aucun fuseau horaire ne s’appelle { $name }
mistake-unknown-time-zone-help = écrivez Europe/Paris ou UTC, par exemple
mistake-time-zone-assumed = des équipes ont des horaires et l’hôpital n’a pas de fuseau horaire : { $zone } est retenu
mistake-time-zone-assumed-help = écrivez `time_zone` sous [hospital]

# Fichiers
mistake-no-map = il n’y a pas de carte ici
mistake-no-map-help = une carte est un map.toml, ou un dossier avec hospital.toml
mistake-too-large = le fichier dépasse { $size } Mio
mistake-too-large-help = divisez-le
mistake-windows-1252 = cette feuille n’est pas en UTF-8 : elle a été lue comme du Windows-1252
mistake-windows-1252-help = exportez-la en « CSV UTF-8 »
mistake-not-utf8 = ce caractère n’est pas en UTF-8
mistake-not-utf8-help = enregistrez le fichier en UTF-8
mistake-no-header = la première ligne de la feuille ne nomme pas de colonne `id`
mistake-no-header-help = commencez la feuille par { $columns }
mistake-duplicate-column = la colonne `{ $name }` est là deux fois
mistake-remove-one = supprimez le doublon
mistake-too-many-cells = cette ligne a plus de cellules que l’en-tête, qui en a { $count }
mistake-too-many-cells-help = mettez entre guillemets une cellule qui contient le séparateur
mistake-syntax = ce n’est pas du TOML : { $reason }
mistake-syntax-help = voyez sur https://toml.io comment le TOML s’écrit
mistake-ids-not-checked = des ids n’ont pas été vérifiés, car un fichier n’a pas pu être lu en entier
mistake-ids-not-checked-help = corrigez ce fichier, puis vérifiez de nouveau
mistake-too-many = { $count ->
    [one] une autre faute n’est pas listée
   *[other] { $count } autres fautes ne sont pas listées
}
mistake-too-many-help = corrigez d’abord celles-ci, puis vérifiez de nouveau

# Tables et clés
mistake-no-table = `{ $key }` est { $kind }
mistake-one-no-table = un des `{ $table }` est { $kind }
mistake-single-brackets = `{ $table }` est entre crochets simples
mistake-write-hospital = écrivez [hospital]
mistake-write-table = écrivez [[{ $table }]]
mistake-write-via = écrivez via = { "{" } "fournisseur" = "flux" { "}" }
mistake-unknown-key = { $key } n’est pas une clé { $place ->
    [map] d’une carte
    [sheet] d’une feuille d’équipements
    [need] d’un besoin
    [step] d’une étape
    [backup] d’une sauvegarde
   *[other] de la table `{ $place }`
}
mistake-unknown-key-help = les clés possibles ici sont { $keys }
mistake-no-key = { $what } n’a pas de clé `{ $key }`
mistake-missing-key = { $which } { $id } n’a pas de clé `{ $key }`
mistake-missing-id-help = donnez-lui-en une : un nom court, sans espace
mistake-missing-name-help = écrivez le nom que les gens emploient
mistake-missing-site-help = nommez son site
mistake-missing-weight-help = écrivez un nombre entier, de 0 à 100 : le préjudice d’une heure d’arrêt
mistake-missing-kind-help = écrivez server, workstation, switch, device, account ou ce que c’est
mistake-missing-end-help = nommez une zone ou un équipement
mistake-control-help = dites quel équipement en contrôle d’autres, et lesquels
mistake-said-twice = `{ $key }` de { $whose } est dit deux fois, différemment
mistake-said-twice-help = ne le dites qu’à un endroit

# Ids
mistake-unknown-id = { $id } n’est pas sur la carte
mistake-unknown-id-help = ajoutez-le ou corrigez le nom : il faut ici { $wanted }
mistake-did-you-mean = vouliez-vous dire { $name } ?
mistake-duplicate-id = { $id } est déjà l’id d’{ $what }
mistake-duplicate-id-help = donnez à chacun son propre id
mistake-duplicate-step-help = donnez à chaque étape son propre id
mistake-zone-and-id = { $id } est à la fois une zone et un autre id de la carte
mistake-zone-and-id-help = renommez la zone : un flux ne saurait pas les distinguer
mistake-no-asset = { $id } est { $what }
mistake-no-asset-help = nommez un équipement
mistake-empty-id = l’id est vide
mistake-empty-id-help = écrivez un nom court, comme { $example }
mistake-bad-id = { $id } ne peut pas être un id
mistake-bad-id-help = prenez un nom court, sans espace, comme { $example }
mistake-id-style = { $id } n’est pas un nom simple
mistake-id-style-help = les minuscules sans accent, les chiffres, `-`, `_` et `.` se tapent partout

# Besoins et soins
mistake-need-on-nothing-help = nommez ce qu’il faut : on = ["pacs"]
mistake-need-on-itself = { $id } a besoin de lui-même
mistake-need-on-itself-help = retirez-le de `on`
mistake-need-on-site = { $id } est un site : il n’a besoin de rien, et rien n’a besoin de lui
mistake-need-on-site-help = nommez un service de soins, une application ou un équipement
mistake-need-twice = { $id } est deux fois dans `on`
mistake-bad-at-least = il en faudrait au moins { $number } sur { $providers }, ce qui ne se peut pas
mistake-bad-at-least-help = écrivez un nombre de 1 à { $providers }
mistake-no-effect = { $word } n’est pas un effet
mistake-no-effect-help = écrivez "stops" (s’arrête) ou "degrades" (se dégrade)
mistake-via-not-provider = `via` nomme { $id }, qui n’est pas dans `on`
mistake-via-not-provider-help = ajoutez-le à `on`, ou retirez-le de `via`
mistake-via-elsewhere = le flux { $flow } ne touche pas { $provider }
mistake-via-elsewhere-help = nommez le flux par lequel on l’atteint
mistake-zero-grace-cycle = ceux-ci ont besoin les uns des autres, sans délai : { $names }
mistake-zero-grace-cycle-help = dès que l’un est perdu, aucun ne revient seul : est-ce voulu ?
mistake-care-needs-nothing = le service de soins { $id } n’a besoin de rien : aucune perte ne l’arrêterait jamais
mistake-care-needs-nothing-help = écrivez ce dont il a besoin
mistake-holds-and-grace = la procédure papier de { $id } tient { $holds }, et son plus long délai avant l’arrêt est de { $grace }
mistake-holds-and-grace-help = seul le délai (`grace`) compte : accordez-les
mistake-no-care = la carte n’a aucun service de soins : aucune perte n’y touche de soins
mistake-no-care-help = écrivez les services de soins dans hospital.toml

# Équipements, zones, leviers
mistake-no-zone = l’équipement { $id } n’est dans aucune zone
mistake-no-zone-help = nommez sa zone réseau : sans elle, on ne sait pas par où une attaque l’atteint
mistake-account-in-zone = le compte { $id } est dans une zone : un compte n’en a pas
mistake-account-in-zone-help = laissez la zone vide ; elle n’est pas prise en compte
mistake-site-and-zone = l’équipement { $id } et sa zone sont sur des sites différents
mistake-site-and-zone-help = corrigez l’un des deux, sauf si la zone couvre les deux sites
mistake-shared = { $value }, donné à { $id }, l’est aussi à { $first }
mistake-shared-help = on ne saurait pas duquel parle un événement : corrigez l’un des deux
mistake-lever-does-nothing = le levier { $id } ne fait rien
mistake-lever-does-nothing-help = écrivez ce qu’il isole, ferme ou désactive
mistake-cut-card-incomplete = il manque à la fiche de coupure de { $id } : { $keys }
mistake-cut-card-incomplete-help = écrivez ce qu’il faudra à quelqu’un en pleine nuit

# Le retour
mistake-template-help = écrivez steps = [{ "{" } id = "os", … { "}" }]
mistake-step-id-help = donnez-lui-en une, comme pacs-a.os
mistake-step-both = cette étape a une durée et une copie à la fois
mistake-step-both-help = faites-en deux étapes, l’une après l’autre (`after`)
mistake-step-neither = cette étape ne dit ni combien de temps elle prend, ni ce qu’elle copie
mistake-step-neither-help = écrivez duration = "2h", ou store et size
mistake-step-skill = cette étape demande du monde et ne nomme pas de compétence (`skill`)
mistake-step-skill-help = écrivez skill = "windows"
mistake-people-help = écrivez { "{" } skill = "windows", number = 2 { "}" }
mistake-copy-help = écrivez store = "veeam", size = "800GB"
mistake-no-rate = ni cette copie ni le dépôt { $store } n’ont de débit (`rate`)
mistake-no-rate-help = écrivez rate = "200MB/s" sur le dépôt
mistake-rate-over-store = cette copie est plus rapide que le dépôt { $store }
mistake-rate-over-store-help = une copie prend au plus ce que le dépôt donne
mistake-durations-number = `duration` a { $count ->
    [0] zéro valeur
    [one] une valeur
   *[other] { $count } valeurs
}
mistake-durations-number-help = écrivez-en une, ou trois : au mieux, probable, au pire
mistake-durations-order = les trois durées ne sont pas dans l’ordre
mistake-durations-order-help = écrivez-les dans cet ordre : au mieux, probable, au pire
mistake-after-cycle = ces étapes s’attendent les unes les autres : { $names }
mistake-after-cycle-help = retirez un `after`
mistake-backup-no-key = une sauvegarde de { $id } n’a pas de clé `{ $key }`
mistake-backup-no-key-help = écrivez où elle est et quand elle a été prise
mistake-no-team-has-skill = aucune équipe n’a la compétence { $skill }
mistake-no-team-has-skill-help = ajoutez une équipe ; les compétences sont : { $skills }
mistake-too-few-people = il faut { $number ->
    [one] une personne
   *[other] { $number } personnes
} pour { $skill }, et les équipes { $there ->
    [0] n’en ont pas
   *[other] en ont { $there }
}
mistake-too-few-people-help = ajoutez du monde, ou demandez-en moins
mistake-too-few-places = il faut { $number ->
    [one] une place propre
   *[other] { $number } places propres
}, et les salles propres { $there ->
    [0] n’en ont pas
   *[other] en ont { $there }
}
mistake-too-few-places-help = ajoutez une salle propre à teams.toml, ou demandez-en moins
mistake-team-without-skill = l’équipe { $id } n’a pas de compétence (`skill`) : aucune étape ne peut lui revenir
mistake-team-without-skill-help = écrivez-en une, telle que les étapes la nomment
mistake-team-leaves-first = l’équipe { $id } part avant d’arriver
mistake-team-leaves-first-help = mettez `from` avant `until`
