//! Figures about the service, as Prometheus reads them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::models::{Loaded, Models};
use crate::Topic;
use crate::model::Prediction;

/// Upper bounds of the latency histogram's buckets, in seconds.
const BOUNDS: [f64; 14] = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0];

/// All figures.
#[derive(Default)]
pub(super) struct Telemetry {
    /// By method, route and status: few, for routes are patterns.
    requests: Mutex<BTreeMap<(&'static str, String, u16), u64>>,
    latency: Mutex<BTreeMap<String, Histogram>>,
    models: Mutex<BTreeMap<String, ModelFigures>>,
    /// Requests under way.
    pub under_way: AtomicU64,
    /// Connections that are open.
    pub connections: AtomicU64,
    /// Files that were refused at a reload.
    pub refused_models: AtomicU64,
    /// Corrections taken in.
    pub corrections: AtomicU64,
}

#[derive(Default, Clone)]
struct Histogram {
    buckets: [u64; BOUNDS.len() + 1],
    seconds: f64,
}

/// What a model has answered. Only whole numbers are added up, so that the order of requests changes nothing.
#[derive(Default)]
struct ModelFigures {
    articles: u64,
    without_topic: u64,
    /// Shares of unknown words, in millionths.
    unknown: u64,
    topics: BTreeMap<Topic, u64>,
}

impl Telemetry {
    /// Counts a request that has been answered.
    pub fn answered(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let mut requests = lock(&self.requests);
        *requests.entry((method, route.to_owned(), status)).or_default() += 1;
        drop(requests);
        let mut latency = lock(&self.latency);
        if !latency.contains_key(route) {
            latency.insert(route.to_owned(), Histogram::default());
        }
        if let Some(histogram) = latency.get_mut(route) {
            let seconds = took.as_secs_f64();
            histogram.buckets[BOUNDS.partition_point(|&bound| bound < seconds)] += 1;
            histogram.seconds += seconds;
        }
    }

    /// Counts what `model` said of articles.
    pub fn predicted<'a>(&self, model: &Loaded, predictions: impl IntoIterator<Item = &'a Prediction>) {
        let mut models = lock(&self.models);
        if !models.contains_key(&model.name) {
            models.insert(model.name.clone(), ModelFigures::default());
        }
        let Some(figures) = models.get_mut(&model.name) else { return };
        for prediction in predictions {
            figures.articles += 1;
            figures.without_topic += u64::from(prediction.topics.is_empty());
            figures.unknown += (f64::from(1.0 - prediction.known) * 1e6).round() as u64;
            for assigned in &prediction.topics {
                match figures.topics.get_mut(&assigned.topic) {
                    Some(count) => *count += 1,
                    None => {
                        figures.topics.insert(assigned.topic.clone(), 1);
                    }
                }
            }
        }
    }

    /// All figures in Prometheus' text format.
    pub fn write(&self, models: &Models) -> String {
        let mut out = String::with_capacity(8 << 10);
        self.write_requests(&mut out);
        self.write_models(&mut out);
        let mut simple = |name: &str, kind: &str, help: &str, value: u64| {
            head(&mut out, name, kind, help);
            line(&mut out, name, &[], value);
        };
        let read = |count: &AtomicU64| count.load(Relaxed);
        simple("topicwire_requests_under_way", "gauge", "Requests under way.", read(&self.under_way));
        simple("topicwire_connections", "gauge", "Open connections.", read(&self.connections));
        let refused = read(&self.refused_models);
        simple("topicwire_models_refused_total", "counter", "Model files refused at a reload.", refused);
        let corrections = read(&self.corrections);
        simple(
            "topicwire_corrections_total",
            "counter",
            "Corrections taken in since the start.",
            corrections,
        );
        head(&mut out, "topicwire_model_info", "gauge", "The models that are served.");
        for loaded in models.all().values() {
            let labels = [("model", loaded.name.as_str()), ("version", &loaded.version)];
            line(&mut out, "topicwire_model_info", &labels, 1);
        }
        head(&mut out, "topicwire_build_info", "gauge", "The program.");
        line(&mut out, "topicwire_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
        out
    }

    fn write_requests(&self, out: &mut String) {
        head(out, "topicwire_requests_total", "counter", "Requests answered.");
        for ((method, route, status), count) in lock(&self.requests).iter() {
            let status = status.to_string();
            let labels = [("method", *method), ("route", route), ("status", &status)];
            line(out, "topicwire_requests_total", &labels, count);
        }
        let name = "topicwire_request_seconds";
        head(out, name, "histogram", "Seconds from the head of a request to the head of its answer.");
        for (route, histogram) in lock(&self.latency).iter() {
            let mut sum = 0;
            for (at, count) in histogram.buckets.iter().enumerate() {
                sum += count;
                let bound = BOUNDS.get(at).map_or_else(|| "+Inf".to_owned(), f64::to_string);
                line(out, "topicwire_request_seconds_bucket", &[("route", route), ("le", &bound)], sum);
            }
            line(out, "topicwire_request_seconds_sum", &[("route", route)], histogram.seconds);
            line(out, "topicwire_request_seconds_count", &[("route", route)], sum);
        }
    }

    fn write_models(&self, out: &mut String) {
        let models = lock(&self.models);
        head(out, "topicwire_articles_total", "counter", "Articles classified.");
        for (name, figures) in models.iter() {
            line(out, "topicwire_articles_total", &[("model", name)], figures.articles);
        }
        head(out, "topicwire_articles_without_topic_total", "counter", "Articles that were given no topic.");
        for (name, figures) in models.iter() {
            line(out, "topicwire_articles_without_topic_total", &[("model", name)], figures.without_topic);
        }
        let name = "topicwire_unknown_words_share_sum";
        head(
            out,
            name,
            "counter",
            "Shares of unknown words, summed up over articles: divide by the articles.",
        );
        for (model, figures) in models.iter() {
            line(out, name, &[("model", model)], figures.unknown as f64 / 1e6);
        }
        head(out, "topicwire_topics_total", "counter", "Topics given.");
        for (model, figures) in models.iter() {
            for (topic, count) in &figures.topics {
                line(out, "topicwire_topics_total", &[("model", model), ("topic", topic.as_str())], count);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

// Writing into a string cannot fail.
fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = write!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
}

fn line(out: &mut String, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
    out.push_str(name);
    for (at, (label, text)) in labels.iter().enumerate() {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let _ = write!(out, "{}{label}=\"{escaped}\"", if at == 0 { '{' } else { ',' });
    }
    if !labels.is_empty() {
        out.push('}');
    }
    let _ = writeln!(out, " {value}");
}
