### Photographies des coupures

photo-of = Photographie : { $lever }
photo-bring = Apporter une photographie
photo-file = JPEG ou PNG, jusqu’à 12 millions de pixels ; seule l’image est gardée
photo-do = La garder
