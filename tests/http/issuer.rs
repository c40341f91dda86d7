//! Access by the tokens of an issuer that the test starts.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use leverframe::http::axum;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::client::{Answer, Connection};
use super::{Client, Era, Program};

const AUDIENCE: &str = "https://mcp.example.org/mcp";

/// A key of the issuer.
#[derive(Clone)]
struct Key {
    id: &'static str,
    private: EncodingKey,
    /// The public half.
    public: Jwk,
}

impl Key {
    fn new(id: &'static str) -> Self {
        let made = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let private = EncodingKey::from_ec_der(&made.serialize_der());
        let mut public = Jwk::from_encoding_key(&private, Algorithm::ES256).unwrap();
        public.common.key_id = Some(id.to_owned());
        Self { id, private, public }
    }

    fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.id.to_owned());
        encode(&header, claims, &self.private).unwrap()
    }
}

/// An issuer, which describes itself as `OpenID` Connect says.
struct Issuer {
    url: String,
    state: Arc<Published>,
}

struct Published {
    url: String,
    keys: Mutex<Vec<Jwk>>,
    is_down: AtomicBool,
}

impl Issuer {
    async fn start(keys: &[&Key]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Published {
            url: url.clone(),
            keys: Mutex::default(),
            is_down: AtomicBool::new(false),
        });
        let describe = async |State(state): State<Arc<Published>>| {
            let url = &state.url;
            Json(json!({"issuer": url, "jwks_uri": format!("{url}/keys")}))
        };
        let publish = async |State(state): State<Arc<Published>>| {
            if state.is_down.load(Ordering::Relaxed) {
                return Err(StatusCode::INTERNAL_SERVER_ERROR);
            }
            Ok(Json(json!({"keys": *state.keys.lock().unwrap()})))
        };
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(publish))
            .with_state(Arc::clone(&state));
        // It ends with the runtime of the test.
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let issuer = Self { url, state };
        issuer.publish(keys);
        issuer
    }

    fn publish(&self, keys: &[&Key]) {
        *self.state.keys.lock().unwrap() = keys.iter().map(|key| key.public.clone()).collect();
    }

    async fn program(&self, arguments: &[&str]) -> Program {
        let access = ["--issuer", &self.url, "--audience", AUDIENCE];
        Program::start(&[&access, arguments].concat()).await
    }

    /// Claims that are valid, changed by these. A change to `null` removes a claim.
    fn claims(&self, changes: &Value) -> Value {
        let now = get_current_timestamp();
        let mut claims = json!({
            "iss": self.url, "aud": AUDIENCE, "sub": "ada", "exp": now + 300, "nbf": now - 10,
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        claims
    }
}

async fn answer(connection: &mut Connection, token: &str) -> Answer {
    let headers = [("authorization", format!("Bearer {token}"))];
    connection.request("GET", "/metrics", &headers, b"").await;
    connection.answer().await
}

#[tokio::test]
async fn tokens_of_an_issuer_have_principals_and_roles() {
    let key = Key::new("first");
    let issuer = Issuer::start(&[&key]).await;
    let program = issuer.program(&["--public-url", "https://mcp.example.org"]).await;
    let token = |changes: Value| key.sign(&issuer.claims(&changes));
    let ada = token(json!({}));
    let eve = token(json!({"sub": "eve", "scope": "openid runs:read", "aud": ["x", AUDIENCE]}));
    for era in [Era::Modern, Era::Legacy] {
        let mut ada = Client::bearing(&ada, &program, era).await;
        if era == Era::Modern {
            ada.go("PLANNING").await;
        }
        let mut eve = Client::bearing(&eve, &program, era).await;
        let seen = eve.call("get_current_state", json!({})).await;
        assert_eq!(seen["state"], "IDLE", "{seen}");
        let seen = eve.call("get_current_state", json!({"run": "127.0.0.1/ada/main"})).await;
        assert_eq!(seen["state"], "PLANNING", "{seen}");
    }
    let metadata = program.connect().await.get("/.well-known/oauth-protected-resource/mcp").await;
    let metadata = metadata.message();
    assert_eq!(metadata["authorization_servers"], json!([issuer.url]));
    assert_eq!(metadata["resource"], AUDIENCE);
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    let (key, forger) = (Key::new("first"), Key::new("first"));
    let issuer = Issuer::start(&[&key]).await;
    let program = issuer.program(&[]).await;
    let mut connection = program.connect().await;
    assert_eq!(answer(&mut connection, &key.sign(&issuer.claims(&json!({})))).await.status, 200);
    let mut check = async |token: &str, reason: &str| {
        let answer = answer(&mut connection, token).await;
        assert_eq!(answer.status, 401, "{reason}: {}", answer.text());
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
        assert!(challenge.contains(reason), "{challenge}");
    };
    let now = get_current_timestamp();
    let changed = |changes: Value| key.sign(&issuer.claims(&changes));
    check(&changed(json!({"aud": "https://other.example.org"})), "another audience").await;
    check(&changed(json!({"iss": "https://other.example.org"})), "another issuer").await;
    check(&changed(json!({"exp": now - 60})), "has expired").await;
    check(&changed(json!({"nbf": now + 120})), "not valid yet").await;
    for claim in ["exp", "iss", "aud", "sub"] {
        check(&changed(json!({ claim: null })), "lacks one of").await;
    }
    check(&changed(json!({"sub": "\u{1b}[2J"})), "cannot name a principal").await;
    check(&forger.sign(&issuer.claims(&json!({}))), "signature of the token is wrong").await;
    check(&Key::new("another").sign(&issuer.claims(&json!({}))), "has no key").await;
    check("a.b.c", "no JWT").await;
    check("opaque", "no JWT").await;

    let claims = issuer.claims(&json!({}));
    // The public key, known to all, as the secret of a symmetric algorithm.
    let secret = EncodingKey::from_secret(serde_json::to_string(&key.public).unwrap().as_bytes());
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("first".to_owned());
    check(&encode(&header, &claims, &secret).unwrap(), "not signed with a private key").await;
    let good = key.sign(&claims);
    let mut parts: Vec<_> = good.split('.').collect();
    // `{"alg":"none"}`
    parts[0] = "eyJhbGciOiJub25lIn0";
    check(&parts.join("."), "no JWT").await;
    parts[2] = "";
    check(&parts.join("."), "no JWT").await;
}

#[tokio::test]
async fn keys_change_and_issuers_fail() {
    let (first, second) = (Key::new("first"), Key::new("second"));
    let issuer = Issuer::start(&[&first]).await;
    let program = issuer.program(&[]).await;
    let mut connection = program.connect().await;
    let [old, new] = [&first, &second].map(|key| key.sign(&issuer.claims(&json!({}))));
    issuer.state.is_down.store(true, Ordering::Relaxed);
    let unknown = answer(&mut connection, &old).await;
    assert_eq!((unknown.status, unknown.header("retry-after")), (503, Some("10")));
    issuer.state.is_down.store(false, Ordering::Relaxed);
    assert_eq!(answer(&mut connection, &old).await.status, 200);
    assert_eq!(answer(&mut connection, &new).await.status, 401);
    issuer.publish(&[&second]);
    assert_eq!(answer(&mut connection, &new).await.status, 200);
    assert_eq!(answer(&mut connection, &old).await.status, 401);
    // Known keys need no issuer.
    issuer.state.is_down.store(true, Ordering::Relaxed);
    assert_eq!(answer(&mut connection, &new).await.status, 200);
}
