//! Names for ids.

use hospital::Map;

/// Names of what the map knows; an id stands for itself where it knows nothing.
#[derive(Clone, Copy)]
pub struct Names<'a>(pub Option<&'a Map>);

impl<'a> Names<'a> {
    /// Name of a node.
    pub fn node(self, id: &'a str) -> &'a str {
        self.0.and_then(|map| map.find(id).map(|node| map.node(node).name.as_str())).unwrap_or(id)
    }

    /// Name of a site.
    pub fn site(self, id: &'a str) -> &'a str {
        self.0.and_then(|map| map.sites.iter().find(|site| site.id == id)).map_or(id, |site| &site.name)
    }

    /// Label of a lever.
    pub fn lever(self, id: &'a str) -> Option<&'a hospital::Lever> {
        self.0.and_then(|map| map.levers.iter().find(|lever| lever.id == id))
    }

    /// Attributes of a care service.
    pub fn care(self, id: &str) -> Option<&'a hospital::CareService> {
        let map = self.0?;
        match &map.node(map.find(id)?).kind {
            hospital::Kind::CareService(care) => Some(care),
            _ => None,
        }
    }
}
