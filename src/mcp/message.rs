//! A message of a client: read, or refused in the words of the protocol.

use rmcp::model::{ClientJsonRpcMessage, ErrorData, RequestId, ServerJsonRpcMessage};
use serde::Deserialize;
use serde_json::Value;

/// A byte order mark, which JSON may begin with.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Reads a message. What is none is refused, as far as it can be answered: nothing is said to blank
/// lines, to notifications and to answers.
pub(crate) fn read(bytes: &[u8]) -> Option<Result<ClientJsonRpcMessage, ServerJsonRpcMessage>> {
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes).trim_ascii();
    if bytes.is_empty() {
        return None;
    }
    match serde_json::from_slice(bytes) {
        Ok(message) => Some(Ok(message)),
        Err(_) => refusal(bytes).map(Err),
    }
}

/// What is answered to bytes that are no message, as JSON; none where nothing is.
pub(crate) fn refused(bytes: &[u8]) -> Option<Vec<u8>> {
    serde_json::to_vec(&read(bytes)?.err()?).ok()
}

/// The refusal of a message that is longer than so many bytes.
pub(crate) fn too_long(most: usize) -> ServerJsonRpcMessage {
    let message = format!("a message has at most {most} bytes");
    ServerJsonRpcMessage::error(ErrorData::invalid_request(message, None), None)
}

fn refusal(bytes: &[u8]) -> Option<ServerJsonRpcMessage> {
    let value: Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(error) => {
            let error = ErrorData::parse_error(format!("this is no JSON: {error}"), None);
            return Some(ServerJsonRpcMessage::error(error, None));
        }
    };
    let has = |name: &str| value.get(name).is_some();
    let is_answer = !has("method") && (has("result") || has("error"));
    let is_notification = value["method"].is_string() && !has("id");
    if is_answer || is_notification {
        return None;
    }
    let error = ErrorData::invalid_request(what_is_wrong(&value), None);
    Some(ServerJsonRpcMessage::error(error, RequestId::deserialize(&value["id"]).ok()))
}

fn what_is_wrong(value: &Value) -> &'static str {
    if value.is_array() {
        "send one message at a time: batches are not read"
    } else if !value.is_object() {
        "a message is an object of JSON-RPC 2.0"
    } else if value["jsonrpc"] != "2.0" {
        "`jsonrpc` must be \"2.0\""
    } else if !value["method"].is_string() {
        "`method` must be a text"
    } else if RequestId::deserialize(&value["id"]).is_err() {
        "`id` must be a whole number or a text"
    } else {
        "`params` must be an object, and no name may come twice"
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::mcp::message;

    #[track_caller]
    fn check(sent: &str, code: i64, id: Value, words: &str) {
        let refusal = message::read(sent.as_bytes()).unwrap().unwrap_err();
        let refusal = serde_json::to_value(refusal).unwrap();
        assert_eq!((&refusal["error"]["code"], &refusal["id"]), (&json!(code), &id), "{refusal}");
        assert!(refusal["error"]["message"].as_str().unwrap().contains(words), "{refusal}");
    }

    #[test]
    fn what_is_no_message_is_refused() {
        check("nonsense", -32700, Value::Null, "this is no JSON: ");
        check("{\"jsonrpc\":", -32700, Value::Null, "EOF");
        check("\u{0}\u{7}", -32700, Value::Null, "line 1 column 1");
        check(&"[".repeat(100_000), -32700, Value::Null, "recursion");
        check("[]", -32600, Value::Null, "batches");
        check("7", -32600, Value::Null, "an object");
        check("{\"id\":3,\"method\":\"ping\"}", -32600, json!(3), "`jsonrpc`");
        check("{\"jsonrpc\":\"2.0\",\"id\":\"x\"}", -32600, json!("x"), "`method`");
        check("{\"jsonrpc\":\"2.0\",\"id\":[],\"method\":\"ping\"}", -32600, Value::Null, "`id`");
        let params = "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"tools/call\",\"params\":[1]}";
        check(params, -32600, json!(4), "`params` must be an object");
        let twice = "{\"jsonrpc\":\"2.0\",\"id\":4,\"id\":5,\"method\":\"ping\"}";
        check(twice, -32600, json!(5), "no name may come twice");
        let bytes = b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}";
        assert!(message::read(bytes).unwrap().is_err());
    }

    #[test]
    fn nothing_is_said_to_who_does_not_ask() {
        for sent in [
            "",
            " \r\n",
            "\u{feff}\n",
            "{\"method\":\"notifications/cancelled\",\"params\":7}",
            "{\"jsonrpc\":\"1.0\",\"id\":1,\"result\":{}}",
        ] {
            assert!(message::read(sent.as_bytes()).is_none(), "{sent}");
        }
        let ping = "\u{feff}{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\r\n";
        assert!(message::read(ping.as_bytes()).unwrap().is_ok());
    }
}
