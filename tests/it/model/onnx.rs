//! Networks in the format ONNX, written by hand: as many bytes as a test needs.

/// A message of protocol buffers in the making.
#[derive(Clone, Default)]
pub struct Message(Vec<u8>);

impl Message {
    pub fn number(mut self, field: u64, value: u64) -> Message {
        self.varint(field << 3);
        self.varint(value);
        self
    }

    pub fn bytes(mut self, field: u64, bytes: impl AsRef<[u8]>) -> Message {
        self.varint(field << 3 | 2);
        self.varint(bytes.as_ref().len() as u64);
        self.0.extend_from_slice(bytes.as_ref());
        self
    }

    pub fn message(self, field: u64, message: &Message) -> Message {
        self.bytes(field, &message.0)
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    fn varint(&mut self, mut value: u64) {
        while value > 127 {
            self.0.push(value as u8 | 128);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

const FLOAT: u64 = 1;
const INT64: u64 = 7;

/// A node with its inputs and its output.
pub fn node(operator: &str, inputs: &[&str], output: &str) -> Message {
    let node = inputs.iter().fold(Message::default(), |node, input| node.bytes(1, input));
    node.bytes(2, output).bytes(4, operator)
}

/// A constant of 32-bit numbers, whatever its shape says.
pub fn floats(name: &str, shape: &[u64], numbers: &[f32]) -> Message {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    constant(name, shape, FLOAT, &bytes)
}

/// A constant of whole numbers.
pub fn integers(name: &str, numbers: &[i64]) -> Message {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    constant(name, &[numbers.len() as u64], INT64, &bytes)
}

/// A constant of one whole number.
pub fn integer(name: &str, number: i64) -> Message {
    constant(name, &[], INT64, &number.to_le_bytes())
}

/// An attribute of a node that is a list of whole numbers.
pub fn attribute(name: &str, numbers: &[u64]) -> Message {
    let attribute = Message::default().bytes(1, name).number(20, 7);
    numbers.iter().fold(attribute, |attribute, number| attribute.number(8, *number))
}

fn constant(name: &str, shape: &[u64], kind: u64, bytes: &[u8]) -> Message {
    let tensor = shape.iter().fold(Message::default(), |tensor, size| tensor.number(1, *size));
    tensor.number(2, kind).bytes(8, name).bytes(9, bytes)
}

/// A network of these nodes and constants, from the numbers of tokens to `output`.
pub fn network(inputs: &[&str], nodes: &[Message], constants: &[Message], output: &str) -> Vec<u8> {
    let value = |name: &str, kind: u64, dimensions: usize| {
        // Dimensions of one name would be as large as each other.
        let dimension = |at: usize| Message::default().bytes(2, format!("n{at}"));
        let shape = (0..dimensions).fold(Message::default(), |s, at| s.message(1, &dimension(at)));
        let tensor = Message::default().number(1, kind).message(2, &shape);
        Message::default().bytes(1, name).message(2, &Message::default().message(1, &tensor))
    };
    let graph = nodes.iter().fold(Message::default(), |graph, node| graph.message(1, node));
    let graph = constants.iter().fold(graph.bytes(2, "g"), |graph, c| graph.message(5, c));
    let graph = inputs.iter().fold(graph, |graph, name| graph.message(11, &value(name, INT64, 2)));
    let graph = graph.message(12, &value(output, FLOAT, 3));
    let opset = Message::default().number(2, 17);
    Message::default().number(1, 8).message(7, &graph).message(8, &opset).into_bytes()
}
