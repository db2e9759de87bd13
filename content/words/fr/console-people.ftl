### Console : personnes, comptes scellés, jetons

once-back = C’est fait : je l’ai conservé
problem-last-administrator = C’est le dernier administrateur actif de tous les sites : créez-en d’abord un autre.
problem-no-password = Ce compte n’a pas de mot de passe ici : il vient de l’annuaire, ou il est arrêté.

people-title = { $count ->
    [one] Une personne peut entrer
   *[other] { $count } personnes peuvent entrer
} ; { $alone ->
    [0] toutes avec une seconde preuve
    [one] une seule par mot de passe sans autre preuve
   *[other] { $alone } par mot de passe sans autre preuve
}
people-lede = Un rôle vaut sur un site ou sur tous. Qui est arrêté est déconnecté aussitôt ; ce qu’il a fait reste au journal d’audit.
people-accounts = Comptes
people-no-role = aucun rôle : ne peut rien voir
people-inactive = arrêté
people-directory = de l’annuaire
people-second = seconde preuve
people-seen = vu
people-change = Modifier
people-role = Rôle
people-site = Où
people-everywhere = tous les sites
people-give = Donner ce rôle
people-take = Retirer : { $role } ({ $site })
people-reset = Faire un lien pour un nouveau mot de passe
people-forget = Oublier les secondes preuves
people-end = Déconnecter partout
people-stop = Arrêter ce compte
people-start = Le laisser entrer de nouveau
people-add = Ajouter quelqu’un
people-add-do = Ajouter
people-shown = Affiché comme
people-shown-hint = un rôle ou un badge, par exemple infirmière de nuit 17 ; le nom, si vide
people-password = Premier mot de passe
people-password-hint = laissez vide pour obtenir un lien par lequel la personne en choisit un
people-link-title = Un lien pour un nouveau mot de passe
people-link-lede = Donnez-le à { $name } par une voie sûre. Il marche une fois, pendant { $hours } heures, et n’est montré qu’ici et maintenant.

sealed-title = Comptes scellés
sealed-explained = Pour la nuit où l’annuaire est mort : un long mot de passe sur papier, dans une enveloppe qui se déchire. Son usage se voit ici, dans l’audit et au journal de l’incident.
sealed-name = Nom du compte
sealed-do = Faire un compte scellé
sealed-paper = Compte scellé : imprimez cette page maintenant
sealed-paper-lede = Le mot de passe n’est montré qu’une fois. Il ouvre tout, même quand l’annuaire est mort ; son usage est vu de tous.
sealed-where = Ouvrir
sealed-made = Fait
sealed-step-1 = Imprimez cette page, mettez-la dans une enveloppe qui montre si elle a été ouverte, signez sur le rabat.
sealed-step-2 = Gardez l’enveloppe là où quelqu’un peut la prendre à trois heures du matin ; notez l’endroit dans le dossier rouge.
sealed-step-3 = Après chaque usage, arrêtez ce compte dans la page Personnes et faites-en un nouveau.
sealed-used = Le compte scellé { $name } a été utilisé depuis { $from }.

tokens-title = Jetons des programmes
tokens-none = Aucun programme n’a de jeton. Il en faut un à ce qui envoie des journaux ici, ou lit d’ici.
tokens-ended = terminé
tokens-until = jusqu’au
tokens-revoke = Reprendre
tokens-new = Faire un jeton
tokens-label = Pour quoi ?
tokens-account = Les rôles de qui le bornent ?
tokens-scopes = Que peut-il faire ?
tokens-hosts = Machines pour lesquelles il peut parler
tokens-hosts-hint = séparées par des espaces, * pour des lettres quelconques ; toutes, si vide
tokens-days = Valable, en jours
tokens-do = Le faire
tokens-made = Un jeton pour un programme
tokens-made-lede = Copiez-le maintenant dans les réglages du programme : il n’est montré qu’une fois.
scope-read = lire
scope-write = lire et écrire
scope-intake = envoyer des événements
scope-admin = gérer personnes et réglages
