### Photographs of levers

photo-of = Photograph: { $lever }
photo-bring = Bring a photograph
photo-file = JPEG or PNG, up to 12 million pixels; only the picture is kept
photo-do = Keep it
