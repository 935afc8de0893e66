//! Answers of a cluster: what they say, or what is wrong with them.

use serde_json::Value;

use crate::{error::ClusterFault, http::service::ServiceAnswer};

/// Longer reasons are cut: some repeat the whole request.
const LONGEST_REASON: usize = 300;

/// Why an answer is of no use.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ClusterProblem {
    pub(crate) message: String,
    pub(crate) fault: ClusterFault,
    /// Whether the same request may succeed in a while.
    pub(crate) is_transient: bool,
}

/// The JSON of an answer, when that says that all went well.
pub(crate) fn json(answer: &ServiceAnswer) -> Result<Value, ClusterProblem> {
    let ServiceAnswer { status, is_html, body, .. } = answer;
    let is_html = *is_html || body.trim_ascii_start().starts_with(b"<");
    match serde_json::from_slice::<Value>(body) {
        Ok(json) if (200..300).contains(status) && !is_html => Ok(json),
        Ok(json) if json["error"].is_object() => Err(problem(*status, &json["error"])),
        _ => Err(no_json(*status, is_html)),
    }
}

/// What stands at a place in an answer, taken out of it; null where there is nothing, whatever form the
/// answer has.
pub(crate) fn taken(answer: &mut Value, place: &str) -> Value {
    answer.pointer_mut(place).map(Value::take).unwrap_or_default()
}

/// The answer to a search, when every shard has answered in time.
pub(crate) fn complete(json: Value) -> Result<Value, ClusterProblem> {
    if json["error"].is_object() {
        let status = json["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        return Err(problem(status.unwrap_or(500), &json["error"]));
    }
    let unhealthy = |message: String| ClusterProblem {
        message,
        fault: ClusterFault::Unhealthy,
        is_transient: false,
    };
    if json["timed_out"] == true {
        return Err(unhealthy("it has not searched all documents in time".into()));
    }
    let shards = &json["_shards"];
    let Some(failed) = shards["failed"].as_u64() else {
        return Err(unhealthy("it does not say whether all shards have answered".into()));
    };
    if failed > 0 {
        let total = shards["total"].as_u64().unwrap_or_default();
        let reason = &shards["failures"][0]["reason"];
        let reason = match reason["reason"].as_str() {
            Some(reason) => format!(": {}", cut(reason)),
            None => String::new(),
        };
        return Err(unhealthy(format!("{failed} of {total} shards have not answered{reason}")));
    }
    Ok(json)
}

/// What the error of a request, or of an item in a bulk, means.
pub(crate) fn problem(status: u16, error: &Value) -> ClusterProblem {
    let root = &error["root_cause"][0];
    let (kind, reason) = match (root["type"].as_str(), root["reason"].as_str()) {
        (Some(kind), Some(reason)) => (kind, reason),
        _ => (
            error["type"].as_str().unwrap_or_default(),
            error["reason"].as_str().unwrap_or_default(),
        ),
    };
    let is_block = matches!(kind, "cluster_block_exception" | "index_create_block_exception");
    let is_full = is_block
        && ["disk", "flood-stage", "read-only-allow-delete", "create-index"]
            .iter()
            .any(|sign| reason.contains(sign));
    let (fault, is_transient) = match (status, kind) {
        // It comes with 429, too, and would be so for ever.
        _ if is_full => (ClusterFault::Full, false),
        (429 | 502..=504, _) => (ClusterFault::Unhealthy, true),
        (_, "unavailable_shards_exception" | "no_shard_available_action_exception") => {
            (ClusterFault::Unhealthy, true)
        }
        _ if is_block => (ClusterFault::Unhealthy, false),
        (401 | 403, _) => (ClusterFault::Credentials, false),
        (_, "index_not_found_exception") => (ClusterFault::NoIndex, false),
        _ => (ClusterFault::Refused, false),
    };
    let message = match (fault, reason) {
        (ClusterFault::Full, _) => "a disk of the cluster is full".to_owned(),
        (_, "") => said(status),
        (_, reason) => format!("{} ({kind}: {})", said(status), cut(reason)),
    };
    ClusterProblem { message, fault, is_transient }
}

/// What an answer that is no JSON means.
fn no_json(status: u16, is_html: bool) -> ClusterProblem {
    let (fault, is_transient) = match status {
        401 | 403 | 407 => (ClusterFault::Credentials, false),
        429 | 502..=504 => (ClusterFault::Unhealthy, true),
        _ => (ClusterFault::Unknown, false),
    };
    let what = if is_html { "with an HTML page" } else { "without JSON" };
    ClusterProblem { message: format!("{} {what}", said(status)), fault, is_transient }
}

fn said(status: u16) -> String {
    match status {
        401 => "it has answered 401: it does not know who asks".into(),
        403 => "it has answered 403: this is not allowed".into(),
        429 => "it has answered 429: it has too much to do".into(),
        status => format!("it has answered {status}"),
    }
}

fn cut(reason: &str) -> &str {
    &reason[..reason.floor_char_boundary(LONGEST_REASON)]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        engine::opensearch::answer::{ClusterProblem, complete, json, problem},
        error::ClusterFault,
        http::service::ServiceAnswer,
    };

    fn answer(status: u16, body: &str) -> ServiceAnswer {
        ServiceAnswer { status, retry_after: None, is_html: false, body: body.into() }
    }

    #[track_caller]
    fn check(status: u16, body: &str, fault: ClusterFault, is_transient: bool, says: &str) {
        let problem = json(&answer(status, body)).unwrap_err();
        assert_eq!((problem.fault, problem.is_transient), (fault, is_transient), "{problem:?}");
        assert!(problem.message.contains(says), "{}", problem.message);
    }

    #[test]
    fn what_is_wrong_is_told_by_status_and_type() {
        use ClusterFault::{Credentials, Full, NoIndex, Refused, Unhealthy, Unknown};
        check(502, "<html><title>502 Bad Gateway</title>", Unhealthy, true, "with an HTML page");
        check(200, "<!doctype html>", Unknown, false, "it has answered 200 with an HTML page");
        check(404, "not here", Unknown, false, "404 without JSON");
        check(401, "", Credentials, false, "who asks");
        check(403, "<html>", Credentials, false, "not allowed");
        let error = |kind: &str, reason: &str| {
            json!({ "error": { "type": kind, "reason": reason }, "status": 0 }).to_string()
        };
        check(404, &error("index_not_found_exception", "no such index"), NoIndex, false, "such");
        check(400, &error("parsing_exception", &"x".repeat(900)), Refused, false, "parsing");
        check(429, &error("circuit_breaking_exception", "too large"), Unhealthy, true, "429");
        let disk = "index [a] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage";
        check(429, &error("cluster_block_exception", disk), Full, false, "is full");
        check(503, &error("cluster_block_exception", "no master"), Unhealthy, true, "no master");
        let create = "blocked by: [FORBIDDEN/10/cluster create-index blocked (api)];";
        check(403, &error("index_create_block_exception", create), Full, false, "is full");
    }

    #[test]
    fn a_short_result_is_an_error() {
        let whole = json!({ "timed_out": false, "_shards": { "total": 3, "failed": 0 } });
        assert_eq!(complete(whole.clone()).as_ref(), Ok(&whole));
        let slow = json!({ "timed_out": true, "_shards": { "total": 3, "failed": 0 } });
        assert!(complete(slow).is_err());
        assert!(complete(json!({ "hits": { "hits": [] } })).is_err());
        assert!(complete(json!(true)).is_err());
        let half = json!({ "timed_out": false, "_shards": { "total": 3, "failed": 1 } });
        let ClusterProblem { message, .. } = complete(half).unwrap_err();
        assert_eq!(message, "1 of 3 shards have not answered");
    }

    #[test]
    fn an_item_that_was_rejected_may_succeed_later() {
        let rejected = json!({ "type": "rejected_execution_exception", "reason": "queue" });
        assert!(problem(429, &rejected).is_transient);
        let strict = json!({ "type": "strict_dynamic_mapping_exception", "reason": "field" });
        assert!(!problem(400, &strict).is_transient);
    }
}
