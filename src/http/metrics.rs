//! Metrics, as text in the format of `OpenMetrics`.

use std::fmt;

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, NoLabelSet, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::{Registry, Unit};

use super::Http;
use crate::api::Api;
use crate::portable::Portable;

/// The type of the text.
const TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The metrics of a server at one moment.
#[derive(Debug)]
struct Snapshot {
    /// The calls of each operation, by outcome.
    calls: Vec<([(&'static str, &'static str); 2], u64)>,
    /// The refusals, by kind.
    refusals: Vec<([(&'static str, &'static str); 1], u64)>,
    /// The seconds of all appends, and how many there were, by their longest time in seconds.
    appends: (f64, Vec<(f64, u64)>),
    gauges: Vec<(&'static str, &'static str, usize)>,
}

/// The metrics of a server, as an answer.
pub(crate) async fn metrics<M: Portable<Context: Default>>(
    api: &Api<M>,
    http: &Http,
    sessions: usize,
) -> Response {
    let labels = [("machine".into(), M::CHART.name().into())];
    let mut registry = Registry::with_prefix_and_labels("leverframe", labels.into_iter());
    registry.register_collector(Box::new(Snapshot::of(api, http, sessions).await));
    let mut page = String::new();
    text::encode(&mut page, &registry).expect("a string takes every text");
    let mut response = Response::new(Body::from(page));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(TYPE));
    response
}

impl Snapshot {
    async fn of<M: Portable<Context: Default>>(api: &Api<M>, http: &Http, sessions: usize) -> Self {
        let (mut calls, mut refusals) = (Vec::new(), Vec::new());
        for (operation, outcome, count) in api.counts().all() {
            add(&mut calls, [("operation", operation), ("outcome", outcome.class())], count);
            if let Some(kind) = outcome.refusal() {
                add(&mut refusals, [("kind", kind)], count);
            }
        }
        let appends = api.runs().appends();
        let classes = appends.classes().map(|(bound, count)| {
            (bound.map_or(f64::INFINITY, |bound| bound.as_secs_f64()), count)
        });
        let traffic = http.traffic();
        let mut gauges = vec![
            ("live_runs", "Runs in memory", api.runs().live_runs()),
            ("http_sessions", "Sessions of clients of 2025-11-25 and older", sessions),
            ("http_connections", "Connections of this program", traffic.connections()),
            ("http_calls", "Requests under way in this program", traffic.calls()),
            ("http_streams", "Answers that stay open in this program", traffic.streams()),
        ];
        match api.runs().overdue().await {
            Ok(count) => gauges.push(("due_timeouts", "Runs with a timeout that is due", count)),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "the due timeouts cannot be counted");
            }
        }
        Self {
            calls,
            refusals,
            appends: (appends.total().as_secs_f64(), classes.collect()),
            gauges,
        }
    }
}

fn add<const N: usize>(
    counts: &mut Vec<([(&'static str, &'static str); N], u64)>,
    labels: [(&'static str, &'static str); N],
    count: u64,
) {
    match counts.iter_mut().find(|(known, _)| *known == labels) {
        Some((_, sum)) => *sum += count,
        None => counts.push((labels, count)),
    }
}

impl Collector for Snapshot {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        counters(&mut encoder, "calls", "Calls of operations", &self.calls)?;
        counters(&mut encoder, "refusals", "Refused calls, by kind", &self.refusals)?;
        let (sum, classes) = &self.appends;
        let count = classes.iter().map(|(_, count)| count).sum();
        encoder
            .encode_descriptor(
                "append",
                "Time until the store has acknowledged records",
                Some(&Unit::Seconds),
                MetricType::Histogram,
            )?
            .encode_histogram::<NoLabelSet>(*sum, count, classes, None)?;
        for (name, help, value) in &self.gauges {
            let mut gauge = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            gauge.encode_gauge(value)?;
        }
        Ok(())
    }
}

fn counters(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    counts: &[(impl EncodeLabelSet, u64)],
) -> fmt::Result {
    let mut family = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
    for (labels, count) in counts {
        family.encode_family(labels)?.encode_counter::<NoLabelSet, _, u64>(count, None)?;
    }
    Ok(())
}
