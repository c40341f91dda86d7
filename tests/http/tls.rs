//! TLS, with a certificate that the test makes.

use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use serde_json::json;
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio_rustls::TlsConnector;

use super::client::Connection;
use super::{Client, Era, Program};
use crate::mcp::restarts::Folder;

/// The files of a certificate for `localhost` and of its key.
fn certificate(folder: &Folder) -> (String, String, RootCertStore) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.path("cert.pem"), folder.path("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    (certificate, key, roots)
}

#[tokio::test]
async fn clients_speak_tls() {
    let folder = Folder::new("http-tls");
    let (certificate, key, roots) = certificate(&folder);
    let mut program = Program::start(&["--tls-cert", &certificate, "--tls-key", &key]).await;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(config));
    for era in [Era::Modern, Era::Legacy] {
        let stream = TcpStream::connect(program.address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = connector.connect(name, stream).await.unwrap();
        let mut client = Client::at("/mcp", Connection::over(stream, "localhost"), era).await;
        assert!(client.call("get_current_state", json!({})).await["state"].is_string());
    }
    // A client that speaks no TLS gets nothing, and keeps nobody from ending.
    let mut plain = program.connect().await;
    plain.request("GET", "/healthz", &[], b"").await;
    assert!(plain.read().await.is_none());
    let _silent = program.connect().await;
    program.signal("TERM").await;
    assert!(program.ends().await.0.success());
}

/// Starts the program with these files. The answer is why it refuses.
async fn refused(certificate: &str, key: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leverframe"));
    command.args(["serve", "--store", "memory", "--http", "127.0.0.1:0"]);
    command.args(["--tls-cert", certificate, "--tls-key", key]);
    let output = command.output().await.unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn files_that_do_not_fit() {
    let (folder, other) = (Folder::new("http-cert"), Folder::new("http-other-cert"));
    let (certificate, key, _) = certificate(&folder);
    let (_, other_key, _) = self::certificate(&other);
    let missing = folder.path("missing.pem");
    assert!(refused(&missing, &key).await.contains("missing.pem"));
    assert!(refused(&key, &key).await.contains("key.pem has no usable PEM"));
    assert!(refused(&certificate, &certificate).await.contains("cert.pem has no usable PEM"));
    assert!(refused(&certificate, &other_key).await.contains("do not fit together"));
}
