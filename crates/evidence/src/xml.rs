//! Windows events as XML, from files or rendered from EVTX.
//!
//! System's elements and EventData's named values stand at the top level; unnamed values make the
//! list `Data`; UserData is flattened by the names of its innermost elements.
//!
//! Invariant: a value whose name is already taken is kept as `EventData.NAME`.

use std::sync::Arc;

use quick_xml::events::{BytesStart, Event as Xml};

use crate::event::{Event, Fields, Value};
use crate::names::Names;
use crate::piece::Desk;
use crate::windows;

/// The event of one `<Event>` element, or nothing where that is not what the bytes are.
pub(crate) fn event(record: &[u8], line: u64, desk: &mut Desk) -> Option<Event> {
    let text = desk.text(record);
    let fields = fields(&text, desk.names)?;
    let event = desk.event("windows", record_id(&fields).filter(|_| !desk.by_line).unwrap_or(line));
    Some(windows::event(fields, event, desk.clock))
}

/// The `EventRecordID` that the event itself tells (logs saved through a filter number their records
/// anew, the events in them keep their own).
pub(crate) fn record_id(fields: &Fields) -> Option<u64> {
    match fields.get("EventRecordID") {
        Some(Value::Integer(id)) => u64::try_from(*id).ok(),
        _ => None,
    }
}

/// The fields of one `<Event>` element.
pub(crate) fn fields(text: &str, names: &mut Names) -> Option<Fields> {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut build = Build::new(names);
    let mut seen = false;
    loop {
        match reader.read_event().ok()? {
            Xml::Start(start) => {
                seen |= start.local_name().as_ref() == "Event";
                build.start(start.local_name().as_ref(), &start)?;
            }
            Xml::Empty(start) => {
                build.start(start.local_name().as_ref(), &start)?;
                build.end();
            }
            Xml::End(_) => build.end(),
            Xml::Text(text) => build.text(&text.into_inner()),
            Xml::CData(text) => build.text(&text.into_inner()),
            Xml::GeneralRef(reference) => build.reference(&reference)?,
            Xml::Eof => break,
            Xml::Comment(_) | Xml::Decl(_) | Xml::PI(_) | Xml::DocType(_) => {}
        }
    }
    build.fields().filter(|_| seen)
}

/// The attributes of an element.
pub(crate) trait Attributes {
    /// Whether there may be any.
    fn any(&self) -> bool;
    /// Each one's name as written and its value, as long as more are wanted; nothing where they cannot be read.
    fn each(&self, take: &mut dyn FnMut(&str, &str) -> bool) -> Option<()>;
}

impl Attributes for BytesStart<'_> {
    fn any(&self) -> bool {
        self.attributes_raw().contains('=')
    }

    fn each(&self, take: &mut dyn FnMut(&str, &str) -> bool) -> Option<()> {
        for attribute in self.attributes().with_checks(false) {
            let attribute = attribute.ok()?;
            if !take(attribute.key.as_ref(), &unescaped(&attribute.value)) {
                break;
            }
        }
        Some(())
    }
}

/// A name without what stands before its colon.
fn local(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, local)| local)
}

/// The part of an event that an element stands in.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Part {
    Event,
    System,
    EventData,
    Rendering,
    Other,
}

struct Open {
    part: Part,
    /// Empty where the element is an unnamed `Data`.
    name: Arc<str>,
    text: String,
    children: bool,
}

/// Fields on their way, made of an event's elements as they open and close.
pub(crate) struct Build<'n> {
    fields: Fields,
    names: &'n mut Names,
    open: Vec<Open>,
    unnamed: Vec<Value>,
    /// Where names of two parts are put together.
    joined: String,
}

const DEPTH_MAX: usize = 64;
/// Fields of one event: a larger one is refused.
const FIELDS_MAX: usize = 1 << 16;
/// Fields among which a name is sought, so that hostile events cost linear time.
const COMPARED_MAX: usize = 1_024;

impl<'n> Build<'n> {
    pub(crate) fn new(names: &'n mut Names) -> Build<'n> {
        Build {
            fields: Fields(Vec::with_capacity(40)),
            names,
            open: Vec::with_capacity(4),
            unnamed: Vec::new(),
            joined: String::new(),
        }
    }

    /// The fields, once every element is closed.
    pub(crate) fn fields(mut self) -> Option<Fields> {
        let unnamed = std::mem::take(&mut self.unnamed);
        if !unnamed.is_empty() {
            self.push("Data", Value::List(unnamed));
        }
        self.open.is_empty().then_some(self.fields)
    }

    /// An element of that local name opens.
    pub(crate) fn start(&mut self, local: &str, attributes: &impl Attributes) -> Option<()> {
        let part = match self.open.last_mut() {
            None => Part::Event,
            Some(parent) => {
                parent.children = true;
                match (self.open.len(), local) {
                    (1, "System") => Part::System,
                    (1, "EventData") => Part::EventData,
                    (1, "RenderingInfo") => Part::Rendering,
                    (1, _) => Part::Other,
                    _ => self.open.last()?.part,
                }
            }
        };
        if self.open.len() >= DEPTH_MAX {
            return None;
        }
        let name = if part == Part::EventData && local == "Data" {
            self.data_name(attributes)?
        } else {
            if self.open.len() >= 2 && attributes.any() {
                self.attributes(part, local, attributes)?;
            }
            self.names.of(local)
        };
        if self.fields.0.len() + self.unnamed.len() > FIELDS_MAX {
            return None;
        }
        self.open.push(Open { part, name, text: String::new(), children: false });
        Some(())
    }

    /// A named value of EventData opens, by a tag that was learnt; whether it was.
    pub(crate) fn start_known(&mut self, tag: &str) -> bool {
        let in_data = self.open.len() == 2 && self.open[1].part == Part::EventData;
        if !in_data || self.fields.0.len() + self.unnamed.len() > FIELDS_MAX {
            return false;
        }
        let Some(name) = self.names.in_tag(tag) else { return false };
        let name = Arc::clone(name);
        self.open[1].children = true;
        self.open.push(Open { part: Part::EventData, name, text: String::new(), children: false });
        true
    }

    /// Learns the tag by which the value that is open was opened, where it is a named value of EventData.
    pub(crate) fn learn(&mut self, tag: &str) {
        if let [_, parent, open] = self.open.as_slice()
            && parent.part == Part::EventData
            && tag.starts_with("Data ")
        {
            let name = Arc::clone(&open.name);
            self.names.learn_tag(tag, &name);
        }
    }

    fn data_name(&mut self, attributes: &impl Attributes) -> Option<Arc<str>> {
        let mut name = None;
        attributes.each(&mut |key, value| {
            if local(key) == "Name" {
                name = Some(self.names.of(value));
            }
            name.is_none()
        })?;
        Some(name.unwrap_or_else(|| self.names.of("")))
    }

    fn attributes(&mut self, part: Part, element: &str, attributes: &impl Attributes) -> Option<()> {
        let Build { fields, names, joined, .. } = self;
        attributes.each(&mut |key, value| {
            if key.starts_with("xmlns") {
                return true;
            }
            let name = match (part, element, local(key)) {
                (Part::System, "TimeCreated", "SystemTime") => names.of("TimeCreated"),
                (Part::System, "Security", "UserID") => names.of("UserID"),
                (_, _, key) => {
                    joined.clear();
                    joined.extend([element, "_", key]);
                    names.of(joined)
                }
            };
            let number = if element == "Execution" { value.parse().ok() } else { None };
            let value = number.map_or_else(|| Value::Text(value.to_owned()), Value::Integer);
            fields.0.push((name, value));
            true
        })
    }

    /// Text of the element that is open.
    pub(crate) fn text(&mut self, text: &str) {
        if let Some(open) = self.open.last_mut() {
            open.text.push_str(text);
        }
    }

    fn reference(&mut self, reference: &quick_xml::events::BytesRef) -> Option<()> {
        let open = self.open.last_mut()?;
        if let Some(character) = reference.resolve_char_ref().ok().flatten() {
            open.text.push(character);
            return Some(());
        }
        let name = reference.borrow().into_inner();
        match quick_xml::escape::resolve_predefined_entity(&name) {
            Some(text) => open.text.push_str(text),
            None => {
                open.text.push('&');
                open.text.push_str(&name);
                open.text.push(';');
            }
        }
        Some(())
    }

    /// The element that is open closes.
    pub(crate) fn end(&mut self) {
        let depth = self.open.len();
        let Some(open) = self.open.pop() else { return };
        let container = depth <= 2 && open.part != Part::Other || depth < 2;
        if container || open.children {
            return;
        }
        if open.name.is_empty() {
            self.unnamed.push(Value::Text(open.text));
            return;
        }
        match open.part {
            Part::System => self.system(&open.name, open.text),
            Part::Rendering if &*open.name != "Message" => {
                self.push(&format!("RenderingInfo_{}", open.name), Value::Text(open.text));
            }
            _ => self.push_shared(open.name, Value::Text(open.text)),
        }
    }

    fn system(&mut self, name: &Arc<str>, text: String) {
        let value = match (&**name, text.trim().parse()) {
            ("EventID" | "Version" | "Level" | "Task" | "Opcode" | "EventRecordID", Ok(number)) => {
                Value::Integer(number)
            }
            ("Provider" | "TimeCreated" | "Execution" | "Security" | "Correlation", _) if text.is_empty() => {
                return;
            }
            _ => Value::Text(text),
        };
        self.fields.0.push((Arc::clone(name), value));
    }

    fn push(&mut self, name: &str, value: Value) {
        let name = self.names.of(name);
        self.push_shared(name, value);
    }

    fn push_shared(&mut self, name: Arc<str>, value: Value) {
        let sought = &self.fields.0[..self.fields.0.len().min(COMPARED_MAX)];
        let name =
            if self.names.among(&name, sought) { self.names.of(&format!("EventData.{name}")) } else { name };
        self.fields.0.push((name, value));
    }
}

fn unescaped(value: &str) -> std::borrow::Cow<'_, str> {
    quick_xml::escape::unescape(value).unwrap_or(std::borrow::Cow::Borrowed(value))
}
