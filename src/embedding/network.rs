//! The network of a model: numbers of tokens in, one vector of 32-bit numbers a text out.
//!
//! Without the feature `embedding` there is none, and loading one says so.

/// Texts of the same number of tokens, the shorter ones filled up.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "embedding"),
    expect(dead_code, reason = "without a network nobody reads a batch")
)]
pub(crate) struct Batch {
    /// The tokens of all texts, one after the other.
    pub(crate) ids: Vec<i32>,
    /// 1 for each token, 0 for what fills up.
    pub(crate) mask: Vec<i32>,
    pub(crate) texts: usize,
    /// Tokens of each text.
    pub(crate) length: usize,
}

impl Batch {
    /// A batch of at least one text.
    pub(crate) fn of(texts: &[Vec<u32>]) -> Batch {
        let length = texts.iter().map(Vec::len).max().unwrap_or(0);
        let (mut ids, mut mask) = (Vec::new(), Vec::new());
        for text in texts {
            let filling = std::iter::repeat_n(0, length - text.len());
            // A vocabulary has no number that is larger.
            ids.extend(text.iter().map(|&id| id.cast_signed()).chain(filling.clone()));
            mask.extend(std::iter::repeat_n(1, text.len()).chain(filling));
        }
        Batch { ids, mask, texts: texts.len(), length }
    }
}

#[cfg(feature = "embedding")]
pub(crate) use with_rten::EncoderNetwork;
#[cfg(not(feature = "embedding"))]
pub(crate) use without::EncoderNetwork;

#[cfg(feature = "embedding")]
mod with_rten {
    use std::{
        panic::{self, AssertUnwindSafe},
        sync::{Arc, Mutex, PoisonError},
    };

    use rten::{
        LoadError, ModelOptions, NodeId, RunOptions, ThreadPool, Value, ValueView, op_registry,
    };

    use crate::embedding::network::Batch;

    /// The most dimensions of a vector; models for sentences have 384 to 1,024.
    const MOST_DIMENSIONS: usize = 4096;

    /// A network that is loaded.
    pub(crate) struct EncoderNetwork {
        model: rten::Model,
        ids: NodeId,
        mask: Option<NodeId>,
        /// Which of two texts a token belongs to, for networks that read pairs: always the first.
        kinds: Option<NodeId>,
        output: NodeId,
        /// Whether it gives one vector for each text, and not one for each token.
        is_whole: bool,
        /// Pools of one thread that nobody uses. Batches in parallel are faster than threads that
        /// share one: 36 passages a second to 33 on two cores.
        idle: Mutex<Vec<Arc<ThreadPool>>>,
    }

    impl EncoderNetwork {
        /// Loads a network, or says what is wrong with it.
        pub(crate) fn load(bytes: Vec<u8>) -> Result<EncoderNetwork, String> {
            let model = caught(|| {
                // Without loops and branches, so that the work is bounded by the size of a batch.
                let operators = op_registry!(
                    Abs,
                    Add,
                    And,
                    Cast,
                    CastLike,
                    Clip,
                    Concat,
                    ConstantOfShape,
                    CumSum,
                    DequantizeLinear,
                    Div,
                    DynamicQuantizeLinear,
                    Equal,
                    Erf,
                    Exp,
                    Expand,
                    Flatten,
                    Gather,
                    GatherElements,
                    GatherND,
                    Gelu,
                    Gemm,
                    Greater,
                    GreaterOrEqual,
                    Identity,
                    IsInf,
                    IsNaN,
                    LayerNormalization,
                    Less,
                    LessOrEqual,
                    Log,
                    LpNormalization,
                    MatMul,
                    MatMulInteger,
                    Max,
                    Min,
                    Mod,
                    Mul,
                    Neg,
                    Not,
                    Or,
                    Pow,
                    QuantizeLinear,
                    Range,
                    Reciprocal,
                    ReduceL2,
                    ReduceMax,
                    ReduceMean,
                    ReduceMin,
                    ReduceSum,
                    Relu,
                    Reshape,
                    Round,
                    Shape,
                    Sigmoid,
                    Sign,
                    Size,
                    Slice,
                    Softmax,
                    Split,
                    Sqrt,
                    Squeeze,
                    Sub,
                    Sum,
                    Tanh,
                    Tile,
                    Transpose,
                    Trilu,
                    Unsqueeze,
                    Where
                );
                ModelOptions::with_ops(operators).load(bytes).map_err(unloaded)
            })?;
            let node =
                |name: &str| model.find_node(name).filter(|id| model.input_ids().contains(id));
            let Some(ids) = node("input_ids") else {
                return Err("has no input `input_ids`".into());
            };
            let (mask, kinds) = (node("attention_mask"), node("token_type_ids"));
            let known = [Some(ids), mask, kinds];
            if let Some(other) = model.input_ids().iter().find(|id| !known.contains(&Some(**id))) {
                let info = model.node_info(*other);
                let name = info.as_ref().and_then(|info| info.name()).unwrap_or_default();
                return Err(format!("has an input `{name}`, which is unknown"));
            }
            let Some(&output) = model.output_ids().first() else {
                return Err("has no output".into());
            };
            let shape = model.node_info(output).and_then(|info| info.shape());
            let is_whole = shape.is_some_and(|shape| shape.len() == 2);
            Ok(EncoderNetwork { model, ids, mask, kinds, output, is_whole, idle: Mutex::default() })
        }

        /// The vectors of a batch, one text after the other, none of them brought to length 1.
        pub(crate) fn run(&self, batch: &Batch) -> Result<Vec<Vec<f32>>, String> {
            let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            let pool = idle().pop();
            let pool = pool.unwrap_or_else(|| Arc::new(ThreadPool::with_num_threads(1)));
            let done = caught(|| self.run_on(batch, &pool));
            idle().push(pool);
            done
        }

        fn run_on(&self, batch: &Batch, pool: &Arc<ThreadPool>) -> Result<Vec<Vec<f32>>, String> {
            let shape = [batch.texts, batch.length];
            let kinds = vec![0; batch.ids.len()];
            let given =
                [(Some(self.ids), &batch.ids), (self.mask, &batch.mask), (self.kinds, &kinds)];
            let mut inputs = Vec::new();
            for (node, numbers) in given {
                let Some(node) = node else { continue };
                let view = ValueView::from_shape(shape, numbers.as_slice());
                inputs.push((node, view.map_err(|error| error.to_string())?.into()));
            }
            let options = RunOptions::default().with_thread_pool(Some(pool.clone()));
            let [output] = self
                .model
                .run_n(inputs, [self.output], Some(options))
                .map_err(|error| format!("cannot be run ({error})"))?;
            if self.is_whole { whole(output, batch) } else { mean(output, batch) }
        }
    }

    fn unloaded(error: LoadError) -> String {
        format!("cannot be loaded ({error})")
    }

    /// The mean of the vectors of each text's own tokens, of which the network gives one each.
    fn mean(output: Value, batch: &Batch) -> Result<Vec<Vec<f32>>, String> {
        let ([texts, length, dimensions], numbers) = numbers_of::<3>(output)?;
        if [texts, length] != [batch.texts, batch.length] {
            return Err(format!(
                "gives {texts} times {length} vectors for other numbers of tokens"
            ));
        }
        let of_text = |(numbers, mask): (&[f32], &[i32])| {
            let mut sum = vec![0.0; dimensions];
            let tokens = numbers.chunks_exact(dimensions).zip(mask).filter(|(_, mask)| **mask != 0);
            for (token, _) in tokens {
                sum.iter_mut().zip(token).for_each(|(sum, number)| *sum += number);
            }
            sum
        };
        let texts = numbers.chunks_exact(length * dimensions).zip(batch.mask.chunks_exact(length));
        Ok(texts.map(of_text).collect())
    }

    /// The vectors of a network that gives one for each text.
    fn whole(output: Value, batch: &Batch) -> Result<Vec<Vec<f32>>, String> {
        let ([texts, dimensions], numbers) = numbers_of::<2>(output)?;
        if texts != batch.texts {
            return Err(format!("gives {texts} vectors for another number of texts"));
        }
        Ok(numbers.chunks_exact(dimensions).map(<[f32]>::to_vec).collect())
    }

    /// The numbers of an output in their shape, whose last part is the dimensions of vectors.
    fn numbers_of<const N: usize>(output: Value) -> Result<([usize; N], Vec<f32>), String> {
        let (shape, numbers) = output
            .into_shape_vec::<f32, N>()
            .map_err(|error| format!("gives no vectors ({error})"))?;
        let dimensions = shape.last().copied().unwrap_or(0);
        if dimensions == 0 || dimensions > MOST_DIMENSIONS {
            return Err(format!("gives vectors of {dimensions} dimensions"));
        }
        if numbers.iter().any(|number| !number.is_finite()) {
            return Err("gives vectors that are none".into());
        }
        Ok((shape, numbers))
    }

    /// What the reader of a file does not expect is a mistake of the file.
    fn caught<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
        panic::catch_unwind(AssertUnwindSafe(work))
            .unwrap_or_else(|_| Err("is damaged: its reader gave up".into()))
    }
}

#[cfg(not(feature = "embedding"))]
mod without {
    use crate::embedding::network::Batch;

    /// A network, of which there is none.
    pub(crate) enum EncoderNetwork {}

    impl EncoderNetwork {
        pub(crate) fn load(_bytes: Vec<u8>) -> Result<EncoderNetwork, String> {
            Err("cannot be read: this program was built without the feature `embedding`".into())
        }

        pub(crate) fn run(&self, _batch: &Batch) -> Result<Vec<Vec<f32>>, String> {
            match *self {}
        }
    }
}
