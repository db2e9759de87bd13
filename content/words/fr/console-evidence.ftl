### Traces

evidence-title-none = Aucune machine n’est connue comme touchée ; n’effacez rien qui se conduit bizarrement.
evidence-title = { $hit ->
    [one] Une machine est touchée :
   *[other] { $hit } machines sont touchées :
} { $count ->
    [0] leurs journaux sont gardés ici ; n’en effacez aucune avant d’avoir copié son disque.
    [one] l’une ne doit pas être effacée, rien d’elle n’est encore gardé ici.
   *[other] { $count } ne doivent pas être effacées, rien d’elles n’est encore gardé ici.
}
evidence-lede = { $files ->
    [0] Aucune trace n’a encore été apportée.
    [one] Apporté : un fichier ou dossier,
   *[other] Apporté : { $files } fichiers ou dossiers,
} { $events } enregistrements lus, { $size }. Copiez la mémoire et le disque d’une machine avant qu’on la réinstalle : les journaux seuls ne les remplacent pas.
evidence-brought = Ce qui a été apporté
evidence-none = Rien encore. Apportez des journaux à droite : journaux d’événements de Windows (.evtx), fichiers de pare-feu et de serveurs, ou une archive de ceux-ci. Ils sont lus ici et nulle part ailleurs.
evidence-hit = Machines touchées
evidence-hit-why = Celles qu’un attaquant tient ou a cassées. Les journaux d’une machine sont gardés dès qu’elle parle dans ce qui a été lu, ou qu’un fichier à son sujet est apporté.
evidence-none-hit = Aucune n’est connue.
evidence-do-not-wipe = ne pas effacer
evidence-logs-kept = journaux gardés
evidence-state-arriving = arrive
evidence-state-kept = gardé, à lire
evidence-state-reading = en lecture
evidence-state-read = lu
evidence-state-failed = pas lu
evidence-arriving = Combien est arrivé
evidence-arrived = { $done } sur { $all } arrivés. Choisissez le même fichier pour continuer.
evidence-failed = Il n’a pas pu être lu :
evidence-read = Lu : { $files ->
    [one] un journal,
   *[other] { $files } journaux,
} { $events } enregistrements.
evidence-distrusted = { $count ->
    [one] Un enregistrement porte une heure qui ne peut être juste.
   *[other] { $count } enregistrements portent des heures qui ne peuvent être justes.
}
evidence-partial = La lecture a été interrompue : il reste à lire.
evidence-unreadable = { $count ->
    [one] Un fichier est abîmé ou a été refusé
   *[other] { $count } fichiers sont abîmés ou ont été refusés
}
evidence-skipped = { $count ->
    [one] Un fichier n’est pas un journal et a été laissé
   *[other] { $count } fichiers ne sont pas des journaux et ont été laissés
}
evidence-assumed = { $count ->
    [one] Quelque chose a été supposé d’un fichier
   *[other] Quelque chose a été supposé de { $count } fichiers
}
evidence-download = Télécharger
evidence-again = Lire à nouveau
evidence-rules-changed = Les règles ont changé depuis sa lecture.
evidence-files = { $count ->
    [one] Un fichier
   *[other] { $count } fichiers
}
evidence-files-more = Seuls les premiers sont listés.
evidence-bring = Apporter des traces
evidence-about = Machine d’où elles viennent
evidence-about-hint = Laissez vide pour des journaux de plusieurs machines.
evidence-file = Fichiers
evidence-file-hint = Jusqu’à { $size } chacun. Une ligne perdue reprend où elle s’est arrêtée.
evidence-do = Les apporter
evidence-kinds = Journaux d’événements de Windows, syslog, serveurs web, pare-feu, Zeek, Suricata, CSV, JSON ; en zip, gz, tar ou zstd. Le SHA-256 de chaque fichier est noté.
evidence-lost = La ligne est perdue ; nouvel essai.
size-bytes = { $count } o
size-kib = { $count } Kio
size-mib = { $count } Mio
size-gib = { $count } Gio
evidence-drop = Le retirer
evidence-watched = Les fichiers déposés dans { $folder } arrivent ici d’eux-mêmes.
