//! Parts of pages read, forms and files made, names of the demonstration's map.

/// The text between two others, the first time that both stand there.
pub fn between(text: &str, before: &str, after: &str) -> String {
    let rest = text.split(before).skip(1).find(|rest| rest.contains(after));
    rest.unwrap_or_else(|| panic!("{before}…{after} is not in {text}"))
        .split(after)
        .next()
        .unwrap()
        .to_owned()
}

/// A form with a file, as a browser sends it.
pub fn multipart(mark: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Vec<u8> {
    let mut form = String::new();
    for (name, text) in [("_csrf", mark)].iter().chain(fields) {
        form += &format!("--X\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
    }
    let name = file.0.replace('"', "%22");
    form += &format!("--X\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    let mut form = form.into_bytes();
    form.extend_from_slice(file.1);
    form.extend_from_slice(b"\r\n--X--\r\n");
    form
}

pub fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(8, 4).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn map() -> hospital::Map {
    let files =
        demo::map_files().into_iter().map(|file| hospital::MapFile { name: file.name, bytes: file.bytes });
    hospital::check(files.collect()).map.unwrap()
}

pub fn contact() -> String {
    map().contacts[0].id.clone()
}

pub fn step() -> String {
    let map = map();
    map.nodes.iter().find_map(|node| Some(node.restore.as_ref()?.first()?.id.clone())).unwrap()
}
