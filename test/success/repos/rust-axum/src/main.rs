use axum::{response::Html, routing::get, Router};

async fn page() -> Html<String> {
    // Read while it runs: the file has to come along.
    Html(std::fs::read_to_string("templates/index.html").unwrap_or_else(|error| error.to_string()))
}

#[tokio::main]
async fn main() {
    let port = std::env::var("PORT")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(3000u16);
    let listener = tokio::net::TcpListener::bind(("0.0.0.0", port))
        .await
        .expect("the port is free");
    let app = Router::new()
        .route("/", get(page))
        .route("/health", get(|| async { "ok" }));
    axum::serve(listener, app).await.expect("it serves");
}
