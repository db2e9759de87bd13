# Hôpital : préparation, fichiers de la carte, historique.
hospital-first-title = Pas encore de carte : commencez par un service
hospital-first-lede = Une carte dit quels soins reposent sur quelles machines. Voici la plus petite qui dise quelque chose : mettez vos noms, vérifiez, enregistrez. Ajoutez le reste ligne à ligne.
hospital-first-files = Ou collez les fichiers que vous avez :
hospital-keeper = Seul un administrateur de site modifie la carte.
hospital-broken = La carte gardée est inutilisable
hospital-title = { $care } services de soins, { $assets } machines, { $levers } leviers : { $open ->
    [0] rien ne manque
    [one] un manque à combler tant que tout est calme
   *[other] { $open } manques à combler tant que tout est calme
}
hospital-lede = Chaque manque coûtera des minutes la nuit venue. Ouvrez-en un pour voir les lignes à remplir.
hospital-see-map = Voir la carte
hospital-ready = Préparation
hospital-fix = corriger
hospital-files = Fichiers de la carte
hospital-export = Tout emporter (tar)
hospital-lines = { $count ->
    [one] une ligne
   *[other] { $count } lignes
}
hospital-download = télécharger
hospital-add = Ajouter :
hospital-latest = Dernière version
hospital-history = Historique
hospital-errors = À corriger : { $count }
hospital-remarks = À regarder : { $count }
hospital-sound = Rien à corriger
hospital-sound-lede = La carte peut être enregistrée. Rien n’est encore gardé.
hospital-wrong = Des lignes sont à corriger
hospital-wrong-lede = Rien n’est encore gardé. Chaque ligne dit où, et quoi faire.
hospital-refused = Non enregistré : la carte serait inutilisable
hospital-refused-lede = Ces fautes rendent son sens incertain. Votre texte est plus bas, tel que vous l’avez tapé.
hospital-check = Vérifier
hospital-save = Enregistrer
hospital-remark = Ce qui change, en quelques mots
hospital-empty = Un texte vide retire le fichier.
hospital-edit = Modifier { $name }
hospital-new = Ajouter { $name }
hospital-edit-lede = Vérifier dit ce qui ne va pas sans rien garder ; Enregistrer fait une nouvelle version, que tous utilisent.
hospital-line = Ligne { $line }
hospital-race = Pas encore enregistré : { $author } a enregistré entre-temps
hospital-race-lede = Sa remarque : { $remark }. Reprenez dans votre texte ce que vous gardez du sien, puis enregistrez.
hospital-race-diff = De son texte au vôtre
hospital-race-yours = Votre texte
hospital-race-theirs = Son texte
gap-procedure = { $open } services de soins sur { $all } sans procédure papier
gap-place = { $open } leviers sur { $all } ne disent pas où ils sont
gap-who = { $open } leviers sur { $all } ne disent pas qui peut les tirer
gap-restore = { $open } machines portant des soins, sur { $all }, sans étapes de retour
gap-tested = { $open } machines sauvegardées sur { $all } sans essai de restauration
gap-contact = { $open } contacts sur { $all } injoignables
gap-well-procedure = Chaque service de soins a sa procédure papier ({ $all })
gap-well-place = Chaque levier dit où il est ({ $all })
gap-well-who = Chaque levier dit qui peut le tirer ({ $all })
gap-well-restore = Chaque machine portant des soins a ses étapes de retour ({ $all })
gap-well-tested = Chaque sauvegarde a été essayée ({ $all })
gap-well-contact = Chaque contact est joignable ({ $all })
history-title = { $count ->
    [0] La carte n’a pas encore de version
    [one] La carte a une version
   *[other] La carte a { $count } versions
}
history-lede = Qui a changé quoi, ligne à ligne. Toute version peut revenir comme une nouvelle.
history-none = Enregistrez une première carte sur la page Hôpital.
history-see = ce qui a changé
history-older = Plus anciennes
history-version = Version { $number } : { $remark }
history-same = Rien ne diffère.
history-gap = { $count ->
    [one] … une ligne identique
   *[other] … { $count } lignes identiques
}
history-restore = Faire revenir cette version
history-restore-does = Elle devient la plus récente ; rien n’est perdu.
history-remark = retour à la version { $number } : { $remark }
import-do = Apporter des fichiers
import-file = Fichiers de la carte
import-hint = plusieurs à la fois, .toml et .csv, ou un seul .tar tel qu’emporté d’ici
import-others = Les fichiers qui n’y sont pas
import-stay = restent comme ils sont
import-go = sont retirés : ce que j’apporte est toute la carte
import-look = Voir ce qui changerait
import-later = Rien n’est encore gardé.
import-title = { $count ->
    [one] Un fichier changerait
   *[other] { $count } fichiers changeraient
}
import-lede = Rien n’est encore gardé. Parcourez, dites en quelques mots ce que c’est, et enregistrez.
import-wrong = { $count ->
    [one] À ne pas garder : une faute
   *[other] À ne pas garder : { $count } fautes
}
import-wrong-lede = Rien n’a changé, et vos fichiers sont comme avant. Corrigez-y ce qui suit, puis apportez-les de nouveau.
import-unfinished = Ces fautes laissent la carte utilisable. Vous pouvez l’enregistrer inachevée : elles restent listées dans Hôpital jusqu’à leur correction.
import-same = Rien ne changerait
import-same-lede = Ces fichiers disent ce que la carte dit déjà.
import-race = Rien n’est encore gardé. Voici ce que vos fichiers changeraient dans la version d’aujourd’hui ; si c’est bien cela, enregistrez.
import-keep = Enregistrer comme version { $number }
import-leave = Laisser
import-changes = Ce qui change
import-again = Les apporter de nouveau
import-new = nouveau
import-changed = changé
import-removed = retiré
