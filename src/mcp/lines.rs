//! Messages as lines of standard input and output.

use std::{
    collections::HashSet,
    io::{self, BufRead, BufReader, ErrorKind, Read, Write},
    thread,
};

use rmcp::{
    RoleServer,
    model::{
        ClientJsonRpcMessage, ClientNotification, ClientRequest, GetMeta, JsonRpcMessage,
        RequestId, ServerJsonRpcMessage,
    },
    transport::Transport,
};
use tokio::sync::{mpsc, oneshot, watch};

use crate::mcp::message;

/// Bytes of a line; a longer one is refused.
const LINE_BYTES: usize = 1 << 20;
/// Messages that wait to be worked on, and to be written.
const WAITING: usize = 16;

/// What was read, or the refusal of it.
type Heard = Result<ClientJsonRpcMessage, ServerJsonRpcMessage>;

/// The transport: threads of its own read and write, so that neither waits for the other.
///
/// At the end of the input it stays until each request that came has its answer.
pub(crate) struct Lines {
    heard: mpsc::Receiver<Heard>,
    answers: mpsc::Sender<ServerJsonRpcMessage>,
    /// What is to be said next of what was no message.
    refusal: Option<ServerJsonRpcMessage>,
    /// The requests without an answer.
    open: watch::Sender<HashSet<RequestId>>,
    has_begun: bool,
}

/// Tells when all answers are written, or nobody reads them any more.
pub(crate) type Written = oneshot::Receiver<()>;

impl Lines {
    /// Reads from `input` and writes to `output`.
    ///
    /// # Errors
    /// Those of the system when it has no threads.
    pub(crate) fn of(
        input: impl Read + Send + 'static,
        output: impl Write + Send + 'static,
    ) -> io::Result<(Lines, Written)> {
        let (heard_from, heard) = mpsc::channel(WAITING);
        let (answers, answers_to) = mpsc::channel(WAITING);
        let (ended, written) = oneshot::channel();
        thread::Builder::new()
            .name("mcp-input".into())
            .spawn(move || read_lines(input, &heard_from))?;
        thread::Builder::new().name("mcp-output".into()).spawn(move || {
            write_lines(output, answers_to);
            drop(ended);
        })?;
        let open = watch::Sender::default();
        Ok((Lines { heard, answers, refusal: None, open, has_begun: false }, written))
    }

    /// Whether a message is for the server: what is said before the client has introduced itself, and
    /// asks nothing, would end it.
    fn concerns_us(&mut self, message: &ClientJsonRpcMessage) -> bool {
        match message {
            JsonRpcMessage::Request(asked) => {
                let request = &asked.request;
                self.has_begun |= matches!(request, ClientRequest::InitializeRequest(_))
                    || request.get_meta().protocol_version().is_some();
                // A subscription has no answer until it ends.
                if !matches!(request, ClientRequest::SubscriptionsListenRequest(_)) {
                    self.open.send_modify(|open| {
                        open.insert(asked.id.clone());
                    });
                }
                true
            }
            JsonRpcMessage::Notification(told) => {
                if let ClientNotification::CancelledNotification(cancelled) = &told.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    self.open.send_modify(|open| {
                        open.remove(id);
                    });
                }
                self.has_begun
            }
            _ => self.has_begun,
        }
    }
}

impl Transport<RoleServer> for Lines {
    type Error = io::Error;

    fn send(
        &mut self,
        answer: ServerJsonRpcMessage,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let (answers, open) = (self.answers.clone(), self.open.clone());
        let answered = match &answer {
            JsonRpcMessage::Response(response) => Some(response.id.clone()),
            JsonRpcMessage::Error(error) => error.id.clone(),
            _ => None,
        };
        async move {
            let sent = answers.send(answer).await;
            if let Some(id) = answered {
                open.send_modify(|open| {
                    open.remove(&id);
                });
            }
            sent.map_err(|_| ErrorKind::BrokenPipe.into())
        }
    }

    /// It may be dropped at each `await`, and then loses nothing.
    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        loop {
            if self.refusal.is_some() {
                let place = self.answers.reserve().await.ok()?;
                place.send(self.refusal.take()?);
            }
            let heard = tokio::select! {
                heard = self.heard.recv() => heard,
                () = self.answers.closed() => return None,
            };
            match heard {
                Some(Ok(message)) if self.concerns_us(&message) => return Some(message),
                Some(Ok(_)) => {}
                Some(Err(refusal)) => self.refusal = Some(refusal),
                None => {
                    let mut open = self.open.subscribe();
                    tokio::select! {
                        _ = open.wait_for(HashSet::is_empty) => {}
                        () = self.answers.closed() => {}
                    }
                    return None;
                }
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        self.heard.close();
        Ok(())
    }
}

/// Reads until the input ends, the last line without its end among them, or nobody listens.
fn read_lines(input: impl Read, heard: &mpsc::Sender<Heard>) {
    let mut input = BufReader::new(input);
    let mut line = Vec::new();
    loop {
        line.clear();
        match input.by_ref().take(LINE_BYTES as u64 + 1).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let message = if line.len() <= LINE_BYTES || line.ends_with(b"\n") {
            message::read(&line)
        } else if input.skip_until(b'\n').is_ok() {
            Some(Err(message::too_long(LINE_BYTES)))
        } else {
            return;
        };
        if let Some(message) = message
            && heard.blocking_send(message).is_err()
        {
            return;
        }
    }
}

/// Writes until there is nothing more to come, or nobody reads.
fn write_lines(mut output: impl Write, mut answers: mpsc::Receiver<ServerJsonRpcMessage>) {
    while let Some(answer) = answers.blocking_recv() {
        let Ok(mut line) = serde_json::to_vec(&answer) else { continue };
        line.push(b'\n');
        if output.write_all(&line).and_then(|()| output.flush()).is_err() {
            return;
        }
    }
}
