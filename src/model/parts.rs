//! What training hands over, and the bytes that it becomes.

use std::borrow::Cow;
use std::collections::HashMap;

use safetensors::tensor::{Dtype, View};

use super::file::{CARD_KEY, FORMAT_VERSION, OF_TODAY, PLACES, tensor_checksum};
use super::{Card, PackedWeights};
use crate::corpus::TopicInfo;
use crate::decide::{Calibration, Curve, Decision};
use crate::features::{Bucket, Columns, FieldWeights, Vocabulary};
use crate::text::Analyzer;
use crate::train::{TrainSettings, TrainingReport};
use crate::{Error, Result, Task, Topic};

/// Everything that makes a model.
#[derive(Debug)]
pub struct Parts<'a> {
    /// The settings of the training.
    pub settings: TrainSettings,
    /// Exactly one topic, or several.
    pub task: Task,
    /// How text becomes terms.
    pub analyzer: Analyzer,
    /// The terms.
    pub vocabulary: &'a Vocabulary,
    /// The columns of the terms.
    pub columns: &'a Columns,
    /// What each column is worth.
    pub column_weights: &'a [f32],
    /// The weights of the fields, and the length of the lead.
    pub fields: FieldWeights,
    /// What the classifier learned.
    pub weights: &'a PackedWeights,
    /// The topics, in the order of their numbers.
    pub topics: Vec<Topic>,
    /// What the taxonomy says of them; empty without one.
    pub taxonomy: Vec<TopicInfo>,
    /// How scores become topics.
    pub decision: Decision,
    /// What other thresholds would come to, for each topic; empty where an article has exactly one.
    pub curves: Vec<Curve>,
    /// What the training did.
    pub report: TrainingReport,
}

/// An array of a model file.
struct Tensor {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl View for &Tensor {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        (&self.bytes).into()
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

fn tensor<T: bytemuck::NoUninit>(dtype: Dtype, shape: &[usize], values: &[T]) -> Tensor {
    Tensor { dtype, shape: shape.to_vec(), bytes: bytemuck::cast_slice(values).to_vec() }
}

impl Parts<'_> {
    /// The bytes of the model file.
    pub(super) fn encode(&self) -> Result<Vec<u8>> {
        let surfaces = self.vocabulary.surfaces.buckets();
        let character_ngrams = &self.vocabulary.character_ngrams;
        let mut text = Vec::new();
        let mut ends = Vec::with_capacity(self.vocabulary.terms.len() + character_ngrams.len());
        for term in self.vocabulary.terms.iter().chain(&character_ngrams.texts) {
            text.extend_from_slice(term.as_bytes());
            ends.push(text.len() as u32);
        }
        let (terms, topics) = (self.columns.of_terms(), self.topics.len());
        let PackedWeights { bias, scale, weights, places } = self.weights;
        let columns: Vec<[f32; 2]> =
            self.column_weights.iter().zip(scale).map(|(&weight, &scale)| [weight, scale]).collect();
        let mut tensors = vec![
            ("bias", tensor(Dtype::F32, &[topics], bias)),
            ("columns", tensor(Dtype::F32, &[columns.len(), 2], &columns)),
            ("surfaces", tensor(Dtype::U32, &[surfaces.len(), size_of::<Bucket>() / 4], surfaces)),
            ("term.ends", tensor(Dtype::U32, &[ends.len()], &ends)),
            ("term.text", tensor(Dtype::U8, &[text.len()], &text)),
            ("terms", tensor(Dtype::U32, &[terms.len()], terms)),
        ];
        match places {
            None => tensors.push(("weights", tensor(Dtype::I8, &[columns.len(), topics], weights))),
            Some((starts, of)) => tensors.extend([
                ("weight.starts", tensor(Dtype::U32, &[starts.len()], starts)),
                ("weight.topics", tensor(Dtype::U16, &[of.len()], of)),
                ("weights", tensor(Dtype::I8, &[weights.len()], weights)),
            ]),
        }
        let card = Card {
            version: FORMAT_VERSION,
            task: self.task,
            topics: self.topics.clone(),
            taxonomy: self.taxonomy.clone(),
            analyzer: self.analyzer.clone(),
            character_ngrams: character_ngrams.len() as u32,
            fields: self.fields,
            decision: self.decision.clone(),
            curves: self.curves.clone(),
            settings: self.settings.clone(),
            report: self.report.clone(),
            checksum: tensor_checksum(tensors.iter().map(|(name, tensor)| (*name, &tensor.bytes[..]))),
        };
        encode(card, tensors.iter().map(|(name, tensor)| (*name, tensor)))
    }
}

/// A model file of `card` and `tensors`, of the oldest version that can hold them: so older programs read what they can.
fn encode<'a>(mut card: Card, tensors: impl Iterator<Item = (&'a str, &'a Tensor)>) -> Result<Vec<u8>> {
    let failed = |problem: String| Error::Model { path: Default::default(), problem };
    let tensors: Vec<_> = tensors.collect();
    let has = |wanted: &str| tensors.iter().any(|(name, _)| *name == wanted);
    card.version = match card.decision.calibration {
        _ if card.analyzer.symbols => FORMAT_VERSION,
        _ if card.character_ngrams > 0 => 6,
        _ if has(OF_TODAY[0].0) => 5,
        _ if card.analyzer.opening_pairs => 4,
        Calibration::Platt { .. } => 3,
        Calibration::Softmax(_) if has(PLACES[0].0) => 2,
        Calibration::Softmax(_) => 1,
    };
    let json = serde_json::to_string(&card).map_err(|error| failed(error.to_string()))?;
    // One key only: the crate writes several in random order.
    let metadata = HashMap::from([(CARD_KEY.to_owned(), json)]);
    safetensors::serialize(tensors, Some(metadata)).map_err(|error| failed(error.to_string()))
}

/// The bytes of the model file `bytes` with another card.
pub(super) fn with_card(bytes: &[u8], card: Card) -> Result<Vec<u8>> {
    let failed = |error: safetensors::SafeTensorError| Error::Model {
        path: Default::default(),
        problem: error.to_string(),
    };
    let file = safetensors::SafeTensors::deserialize(bytes).map_err(failed)?;
    let tensors: Vec<(String, Tensor)> = file
        .iter()
        .map(|(name, view)| {
            let tensor =
                Tensor { dtype: view.dtype(), shape: view.shape().to_vec(), bytes: view.data().to_vec() };
            (name.to_owned(), tensor)
        })
        .collect();
    encode(card, tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)))
}
