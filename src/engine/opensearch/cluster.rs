//! A cluster: requests to it, repeated where that may help, and its errors in our words.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    engine::opensearch::{
        answer::{self, ClusterProblem},
        dialect::Dialect,
    },
    error::{ClusterFault, Error},
    http::service::{Service, ServiceBody, ServiceFailure, ServiceOptions, Verb},
};

/// How often a request is sent.
const TRIES: u32 = 4;
/// How often a part of a build is sent, so that a node may start again meanwhile: about four minutes.
const BULK_TRIES: u32 = 14;
/// The pauses between: the first one, which doubles each time, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How often a pause looks whether it is to end.
const LOOK: Duration = Duration::from_millis(50);

/// What a request is for, which is why it is sent again.
#[derive(Clone, Copy)]
enum Purpose<'a> {
    /// To read. A connection that was kept may have been closed meanwhile: it is asked once more.
    Read,
    /// To change something.
    Change,
    /// To load a part of a build, until it is to stop. Only a build waits for a node that starts again.
    Load(&'a (dyn Fn() -> bool + Sync)),
}

/// A cluster of nodes that holds indexes.
pub(crate) struct Cluster {
    service: Service,
    pub(crate) dialect: Dialect,
    /// The version, as it says it.
    pub(crate) version: String,
}

impl Cluster {
    /// Asks who answers at an address.
    ///
    /// # Errors
    /// [`Error::Cluster`] when nobody answers, or nobody who is known.
    pub(crate) fn connect(options: ServiceOptions) -> Result<Cluster, Error> {
        let service = Service::new(options)?;
        let dialect = Dialect::OpenSearch { major: 3 };
        let mut cluster = Cluster { service, dialect, version: String::new() };
        let root = cluster.get("/")?;
        cluster.dialect =
            Dialect::of(&root).map_err(|message| cluster.error(message, ClusterFault::Unknown))?;
        cluster.version = root["version"]["number"].as_str().unwrap_or_default().to_owned();
        Ok(cluster)
    }

    /// Its address, for messages.
    pub(crate) fn address(&self) -> &str {
        self.service.address()
    }

    /// What stands at a path.
    pub(crate) fn get(&self, path: &str) -> Result<Value, Error> {
        self.request(Verb::Get, path, &ServiceBody::Nothing, Purpose::Read)
    }

    /// What stands at a path; none when there is nothing.
    pub(crate) fn get_if_there(&self, path: &str) -> Result<Option<Value>, Error> {
        match self.get(path) {
            Err(Error::Cluster { fault: ClusterFault::NoIndex, .. }) => Ok(None),
            answer => answer.map(Some),
        }
    }

    /// Sends JSON that changes something, and that may be sent twice.
    pub(crate) fn send(&self, verb: Verb, path: &str, json: &Value) -> Result<Value, Error> {
        self.request(verb, path, &body_of(json), Purpose::Change)
    }

    /// Sends JSON that asks for something.
    pub(crate) fn ask(&self, path: &str, json: &Value) -> Result<Value, Error> {
        self.request(Verb::Post, path, &body_of(json), Purpose::Read)
    }

    /// Removes what stands at a path.
    pub(crate) fn delete(&self, path: &str) -> Result<Value, Error> {
        self.request(Verb::Delete, path, &ServiceBody::Nothing, Purpose::Change)
    }

    /// Searches, and checks that every shard has answered.
    pub(crate) fn search(&self, path: &str, json: &Value) -> Result<Value, Error> {
        self.complete(self.ask(path, json)?)
    }

    /// The answers to several searches of one index, each of which every shard has answered.
    pub(crate) fn searches(&self, index: &str, searches: &[Value]) -> Result<Vec<Value>, Error> {
        let mut lines = String::new();
        for search in searches {
            lines += "{\"search_type\":\"dfs_query_then_fetch\"}\n";
            lines += &search.to_string();
            lines.push('\n');
        }
        let path = format!("/{index}/_msearch");
        let body = ServiceBody::Json(lines.into_bytes());
        let mut answer = self.request(Verb::Post, &path, &body, Purpose::Read)?;
        let answers = match answer::taken(&mut answer, "/responses") {
            Value::Array(answers) if answers.len() == searches.len() => answers,
            _ => return Err(self.unexpected("not as many answers as searches")),
        };
        answers.into_iter().map(|answer| self.complete(answer)).collect()
    }

    /// Sends lines of a build, compressed with gzip, to what an alias is on. It waits long for a
    /// cluster that is busy, until it is to stop.
    pub(crate) fn bulk(
        &self,
        alias: &str,
        lines: Vec<u8>,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<Value, Error> {
        // An index that somebody has removed would be made again, of whatever comes.
        let path = format!(
            "/{alias}/_bulk?require_alias=true&filter_path=errors,items.*.status,items.*.error"
        );
        let body = ServiceBody::GzippedLines(lines);
        self.request(Verb::Post, &path, &body, Purpose::Load(is_stopped))
    }

    /// An error of this cluster.
    pub(crate) fn error(&self, message: impl Into<String>, fault: ClusterFault) -> Error {
        Error::Cluster { address: self.address().to_owned(), message: message.into(), fault }
    }

    /// An answer that has not the form that it should have.
    pub(crate) fn unexpected(&self, what: &str) -> Error {
        self.error(format!("an answer of another form: {what}"), ClusterFault::Unknown)
    }

    /// What the error in an answer means.
    pub(crate) fn failed(&self, error: &Value) -> Error {
        self.of_problem(answer::problem(500, error))
    }

    /// The error of a problem.
    pub(crate) fn of_problem(&self, problem: ClusterProblem) -> Error {
        self.error(problem.message, problem.fault)
    }

    fn complete(&self, answer: Value) -> Result<Value, Error> {
        answer::complete(answer).map_err(|problem| self.of_problem(problem))
    }

    fn request(
        &self,
        verb: Verb,
        path: &str,
        body: &ServiceBody,
        purpose: Purpose<'_>,
    ) -> Result<Value, Error> {
        let tries = if matches!(purpose, Purpose::Load(_)) { BULK_TRIES } else { TRIES };
        let (mut tried, mut was_broken) = (0, false);
        loop {
            tried += 1;
            let (problem, retry_after) =
                match self.service.send(verb, path, body, &|| purpose.is_over()) {
                    Ok(answer) => match answer::json(&answer) {
                        Ok(json) => return Ok(json),
                        Err(problem) => (problem, answer.retry_after),
                    },
                    Err(ServiceFailure::Stopped) => return Err(Error::Interrupted),
                    Err(ServiceFailure::Broken(_))
                        if matches!(purpose, Purpose::Read) && !was_broken =>
                    {
                        was_broken = true;
                        continue;
                    }
                    Err(failure) => (self.not_answered(failure, purpose), None),
                };
            if !problem.is_transient || tried >= tries {
                return Err(self.of_problem(problem));
            }
            wait(pause(tried, retry_after), &|| purpose.is_over())?;
        }
    }

    fn not_answered(&self, failure: ServiceFailure, purpose: Purpose<'_>) -> ClusterProblem {
        let waits = matches!(purpose, Purpose::Load(_));
        let (message, fault, is_transient) = match failure {
            ServiceFailure::Tls(reason) => {
                (format!("no secure connection: {reason}"), ClusterFault::Tls, false)
            }
            ServiceFailure::Timeout => {
                let seconds = self.service.timeout().as_secs_f32();
                let message = format!("no answer within {seconds} seconds");
                (message, ClusterFault::Unreachable, waits)
            }
            ServiceFailure::Connection(reason) | ServiceFailure::Broken(reason) => {
                (format!("no answer: {reason}"), ClusterFault::Unreachable, waits)
            }
            ServiceFailure::TooLarge => {
                ("its answer is too large".to_owned(), ClusterFault::Refused, false)
            }
            ServiceFailure::Stopped => {
                ("nobody waits for it".to_owned(), ClusterFault::Unreachable, false)
            }
        };
        ClusterProblem { message, fault, is_transient }
    }
}

impl Purpose<'_> {
    /// Whether nobody waits for it any more.
    fn is_over(self) -> bool {
        matches!(self, Purpose::Load(is_stopped) if is_stopped())
    }
}

fn body_of(json: &Value) -> ServiceBody {
    ServiceBody::Json(json.to_string().into_bytes())
}

/// Waits until the time has passed.
///
/// # Errors
/// [`Error::Interrupted`] when it is to stop before.
pub(crate) fn wait(time: Duration, is_stopped: &dyn Fn() -> bool) -> Result<(), Error> {
    let until = Instant::now() + time;
    loop {
        if is_stopped() {
            return Err(Error::Interrupted);
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        thread::sleep(left.min(LOOK));
    }
}

/// How long to wait after so many tries; not all who wait come back at the same time.
pub(crate) fn pause(tried: u32, retry_after: Option<Duration>) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1 << tried.saturating_sub(1).min(10));
    let pause = retry_after.unwrap_or(doubled).min(LONGEST_PAUSE);
    pause.mul_f64(0.75 + 0.25 * fastrand::f64())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::engine::opensearch::cluster::pause;

    #[track_caller]
    fn check(tried: u32, retry_after: Option<u64>, expected: (u64, u64)) {
        let pause = pause(tried, retry_after.map(Duration::from_secs)).as_millis() as u64;
        assert!((expected.0..=expected.1).contains(&pause), "{pause}");
    }

    #[test]
    fn pauses_double_and_are_bounded() {
        check(1, None, (187, 250));
        check(4, None, (1_500, 2_000));
        check(40, None, (22_500, 30_000));
        check(1, Some(3), (2_250, 3_000));
        check(1, Some(86_400), (22_500, 30_000));
    }
}
