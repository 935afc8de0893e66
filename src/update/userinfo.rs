//! User names and passwords that an older version has stored.

use serde_json::Value;

use crate::{canonical, error::Error, store::Store};

/// Takes user names and passwords out of a store that an older version has filled, once.
pub(crate) fn forget_userinfo(store: &mut Store) -> Result<(), Error> {
    if !store.is_without_userinfo()? {
        store.change_addresses(without_userinfo)?;
        store.set_without_userinfo()?;
    }
    Ok(())
}

/// A stored text without user names and passwords; none when it has none.
fn without_userinfo(text: &str) -> Option<String> {
    let cut = canonical::without_userinfo(text)?;
    // What stands between two strings of an object must not be taken for a password.
    match serde_json::from_str(text) {
        Ok(mut value @ (Value::Object(_) | Value::Array(_))) => {
            cut_strings(&mut value).then(|| value.to_string())
        }
        _ => Some(cut),
    }
}

/// Cuts user names and passwords out of the strings of a value, and says whether there were any.
fn cut_strings(value: &mut Value) -> bool {
    let cut_any = |cut_before, value| cut_strings(value) || cut_before;
    match value {
        Value::String(text) => match canonical::without_userinfo(text) {
            Some(cut) => {
                *text = cut;
                true
            }
            None => false,
        },
        Value::Array(values) => values.iter_mut().fold(false, cut_any),
        Value::Object(values) => values.values_mut().fold(false, cut_any),
        _ => false,
    }
}
