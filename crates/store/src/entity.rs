//! What is kept, table by table. A record is one row; its fields are columns of the same name.
//!
//! Invariant: every record that people edit has a UUIDv7 `id` (its order is that of creation) and a
//! `version` that grows by one at each edit; nothing here is written without [`crate::Change`].

#![allow(missing_docs, reason = "the derives make public items of their own")]

mod calm;
mod night;
mod people;
mod states;

pub use calm::*;
pub use night::*;
pub use people::*;
pub use states::*;

use sea_orm::{EntityTrait, IntoActiveModel, ModelTrait};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What every record that people edit shares.
pub trait Record:
    ModelTrait<Entity: EntityTrait<Model = Self>>
    + IntoActiveModel<<Self::Entity as EntityTrait>::ActiveModel>
    + Serialize
    + DeserializeOwned
    + Clone
    + Send
    + Sync
    + 'static
{
    /// Its word in audit records and live events.
    const KIND: &'static str;
    /// Fields that never enter an audit record.
    const SECRET: &'static [&'static str];
    /// Its id.
    fn id(&self) -> &str;
    /// How many times it was edited, from 1.
    fn version(&self) -> i64;
    /// Counts an edit.
    fn set_version(&mut self, version: i64);
    /// The incident that it belongs to.
    fn incident(&self) -> Option<&str>;
    /// The column of its id.
    fn id_column() -> <Self::Entity as EntityTrait>::Column;
    /// The column of its version.
    fn version_column() -> <Self::Entity as EntityTrait>::Column;
    /// The column of its incident, where it has one.
    fn incident_column() -> Option<<Self::Entity as EntityTrait>::Column>;
}

/// A table of records: `"table" table => Type, incident|none, secret [fields] { fields }`.
macro_rules! record {
    (@incident incident) => {
        fn incident(&self) -> Option<&str> {
            Some(&self.incident)
        }
        fn incident_column() -> Option<Column> {
            Some(Column::Incident)
        }
    };
    (@incident none) => {
        fn incident(&self) -> Option<&str> {
            None
        }
        fn incident_column() -> Option<Column> {
            None
        }
    };
    ($(#[$doc:meta])* $named:literal $table:ident => $name:ident, $of:ident, secret [$($secret:ident),*]
     { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        pub mod $table {
            use super::*;

            $(#[$doc])*
            #[derive(Clone, Debug, DeriveEntityModel, Deserialize, PartialEq, Serialize, utoipa::ToSchema)]
            #[sea_orm(table_name = $named)]
            #[schema(as = $name)]
            pub struct Model {
                /// UUIDv7.
                #[sea_orm(primary_key, auto_increment = false)]
                pub id: String,
                /// How many times it was edited, from 1.
                pub version: i64,
                $($(#[$field_doc])* pub $field: $type,)*
            }

            #[derive(Clone, Copy, Debug, DeriveRelation, EnumIter)]
            pub enum Relation {}
            impl ActiveModelBehavior for ActiveModel {}

            impl Record for Model {
                const KIND: &'static str = $named;
                const SECRET: &'static [&'static str] = &[$(stringify!($secret)),*];
                fn id(&self) -> &str {
                    &self.id
                }
                fn version(&self) -> i64 {
                    self.version
                }
                fn set_version(&mut self, version: i64) {
                    self.version = version;
                }
                fn id_column() -> Column {
                    Column::Id
                }
                fn version_column() -> Column {
                    Column::Version
                }
                record!(@incident $of);
            }
        }
        pub use $table::Model as $name;
    };
}
use record;
