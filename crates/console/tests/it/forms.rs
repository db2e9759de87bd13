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
    multipart_of(&[&[("_csrf", mark)], fields].concat(), &[file])
}

/// A form with several files.
pub fn multipart_of(fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut form = Vec::new();
    for (name, text) in fields {
        let part = format!("--X\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
        form.extend_from_slice(part.as_bytes());
    }
    for (name, bytes) in files {
        let name = name.replace('"', "%22");
        let head =
            format!("--X\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        form.extend_from_slice(head.as_bytes());
        form.extend_from_slice(bytes);
        form.extend_from_slice(b"\r\n");
    }
    form.extend_from_slice(b"--X--\r\n");
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
