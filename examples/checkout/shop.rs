//! The work of the tasks: calls of a payment service over HTTP.

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use leverframe::task::{Attempt, TaskError};
use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::machine::checkout::{Charge, Tasks, events, outcomes};

/// A shop with its payment service at an address such as `127.0.0.1:8000`.
pub(crate) struct Shop {
    /// The address.
    pub(crate) payments: String,
}

impl Tasks for Shop {
    async fn charge(&self, input: Charge, attempt: Attempt) -> Result<outcomes::Charge, TaskError> {
        let answer = self.post("/charges", &attempt.key, &json!(input)).await?;
        Ok(match answer.get("receipt").and_then(Value::as_str) {
            Some(receipt) => events::Charged { receipt: receipt.to_owned() }.into(),
            None => events::Declined.into(),
        })
    }

    async fn pay_back(
        &self,
        receipt: String,
        attempt: Attempt,
    ) -> Result<outcomes::PayBack, TaskError> {
        self.post("/refunds", &attempt.key, &json!({"receipt": receipt})).await?;
        Ok(events::Refunded.into())
    }
}

impl Shop {
    /// Posts JSON. The service does the same request once, however often it gets it: the key says that it is the same.
    async fn post(&self, path: &str, key: &str, body: &Value) -> Result<Value, TaskError> {
        let stream = TcpStream::connect(&self.payments).await?;
        let (mut service, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let request = Request::post(path)
            .header("host", &self.payments)
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .body(Full::new(Bytes::from(body.to_string())))?;
        let answer = service.send_request(request).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        match status.as_u16() {
            200..300 => Ok(serde_json::from_slice(&body)?),
            // A request that takes too long, is under way already, or is one too many may succeed later.
            408 | 409 | 429 | 500.. => Err(TaskError::new(format!("the service failed: {status}"))),
            _ => Err(TaskError::new(format!("the service refused: {status}")).permanent()),
        }
    }
}
