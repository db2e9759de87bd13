### Console : secondes preuves

factors-title = Seconde preuve
factors-none = Votre mot de passe seul ouvre ce compte. Ajoutez des codes d’un téléphone, ou une clé d’accès : qui trouve le mot de passe n’entre alors pas.
factor-code = codes
factor-passkey = clé d’accès
factors-label = Nom
factors-telephone = téléphone
factors-remove = Retirer
factors-add-code = Ajouter les codes d’un téléphone
factors-left = { $count ->
    [0] Il ne reste aucun code imprimé.
    [one] Il reste un code imprimé.
   *[other] Il reste { $count } codes imprimés.
}
factors-again = Imprimer dix nouveaux codes ; les anciens s’arrêtent

enrol-title = Codes d’un téléphone
enrol-step-1 = Ouvrez sur le téléphone une application de codes : n’importe laquelle qui lit une image comme celle-ci.
enrol-step-2 = Faites-lui lire cette image, montrée une seule fois.
enrol-typed = Ou tapez-y ceci :
enrol-step-3 = Tapez le code qu’elle montre maintenant
enrol-do = Confirmer
enrol-not = Pas maintenant
printed-title = Dix codes imprimés
printed-lede = Pour le jour où le téléphone manque. Imprimez-les, gardez-les avec votre badge. Chacun marche une fois ; ils ne sont montrés qu’une fois.

second-title = Encore une preuve
second-code = Le code que montre le téléphone
second-printed = Un des codes imprimés
second-hint = six chiffres, ou un des dix codes imprimés
second-do = Entrer
second-wrong = Ce n’est pas le code. Attendez le suivant, ou prenez un code imprimé ; personne n’est bloqué, seulement ralenti.
second-lost = Téléphone et papier perdus ? Un administrateur peut oublier vos secondes preuves dans la page Personnes.

passkey-name = cet appareil
passkey-add = Ajouter une clé d’accès
passkey-give = Utiliser la clé d’accès
passkey-script = Les clés d’accès demandent JavaScript ; sans lui, prenez des codes.
passkey-old = Ce navigateur ne peut pas utiliser de clé d’accès ici : prenez des codes, ou un navigateur plus récent.
passkey-numbers = Une clé d’accès va avec un nom de machine et un certificat, pas avec une adresse en chiffres : prenez des codes ici.
problem-many = Un compte a au plus dix secondes preuves : retirez-en une d’abord.
problem-no-factor = Les codes imprimés remplacent un téléphone ou une clé d’accès : ajoutez d’abord l’un des deux.
