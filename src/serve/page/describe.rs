//! The page at `/docs`: the description of the interface, for people to read.

use axum::response::{Html, IntoResponse};
use maud::{DOCTYPE, Markup, html};
use serde_json::{Map, Value};

use super::shell::{HEADERS, head};
use crate::serve::api::description;

/// The page.
pub(super) async fn page() -> impl IntoResponse {
    let description = description();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            (head("topicwire: the interface"))
            body .docs {
                a .skip href="#main" { "Skip to the interface" }
                header .masthead {
                    a .wordmark href="/" { "topic" span { "wire" } }
                    nav aria-label="Views" {
                        a href="/#article" { "Article" }
                        a href="/#batch" { "Batch" }
                        a href="/#model" { "Model" }
                        a href="/docs" aria-current="page" { "API" }
                    }
                }
                main #main tabindex="-1" {
                    div .view-head {
                        h1 { "The interface" }
                        p .summary { "As OpenAPI: " a href="/openapi.json" { "/openapi.json" } }
                    }
                    pre tabindex="0" { code { (EXAMPLE) } }
                    (operations(description))
                    h2 { "What is sent and answered" }
                    (schemas(description))
                }
            }
        }
    };
    (HEADERS, Html(page.into_string()))
}

const EXAMPLE: &str = r#"curl http://localhost:8080/v1/predict -H 'content-type: application/json' \
  -d '{"title": "OPEC trims output", "text": "Oil ministers agreed to cut their quotas."}'"#;

fn empty() -> &'static Map<String, Value> {
    static EMPTY: std::sync::OnceLock<Map<String, Value>> = std::sync::OnceLock::new();
    EMPTY.get_or_init(Map::new)
}

fn object<'a>(value: &'a Value, key: &str) -> &'a Map<String, Value> {
    value.get(key).and_then(Value::as_object).unwrap_or_else(|| empty())
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn operations(description: &Value) -> Markup {
    html! {
        @for (path, methods) in object(description, "paths") {
            @for (method, operation) in methods.as_object().unwrap_or_else(|| empty()) {
                section .operation {
                    h2 { span .method { (method.to_uppercase()) } " " code { (path) } }
                    p { (text(operation, "summary")) }
                    @if !text(operation, "description").is_empty() { p .note { (text(operation, "description")) } }
                    (parameters(operation))
                    @for (kind, content) in operation.get("requestBody").map_or_else(|| empty(), |body| object(body, "content")) {
                        p { "Takes " code { (kind) } ": " (kind_of(content.get("schema"))) }
                    }
                    table .fields {
                        tbody {
                            @for (status, response) in object(operation, "responses") {
                                tr {
                                    th scope="row" { code { (status) } }
                                    td {
                                        (text(response, "description")) " "
                                        @for (kind, content) in object(response, "content") {
                                            code { (kind) } " " (kind_of(content.get("schema")))
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn parameters(operation: &Value) -> Markup {
    let list = operation.get("parameters").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    html! {
        @if !list.is_empty() {
            table .fields {
                tbody {
                    @for parameter in list {
                        tr {
                            th scope="row" { code { (text(parameter, "name")) } }
                            td { (kind_of(parameter.get("schema"))) }
                            td { (text(parameter, "description")) }
                        }
                    }
                }
            }
        }
    }
}

fn schemas(description: &Value) -> Markup {
    html! {
        @for (name, schema) in description.get("components").map_or_else(|| empty(), |all| object(all, "schemas")) {
            section .operation {
                h3 id=(format!("schema-{name}")) { code { (name) } }
                p { (text(schema, "description")) }
                table .fields {
                    tbody {
                        @for (field, about) in fields(schema) {
                            tr {
                                th scope="row" { code { (field) } }
                                td { (kind_of(Some(about))) }
                                td { (text(about, "description")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The fields of `schema`, those of the parts that it is put together from too.
fn fields(schema: &Value) -> Vec<(&String, &Value)> {
    let parts = schema.get("allOf").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let own = object(schema, "properties").iter();
    parts.iter().flat_map(|part| object(part, "properties")).chain(own).collect()
}

/// What a value is, in words; a link where it has a name.
fn kind_of(schema: Option<&Value>) -> Markup {
    let Some(schema) = schema else { return html! {} };
    if let Some(name) = text(schema, "$ref").rsplit('/').next().filter(|name| !name.is_empty()) {
        return html! { a href=(format!("#schema-{name}")) { (name) } };
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        if let Some(choices) = schema.get(key).and_then(Value::as_array) {
            let known = choices.iter().filter(|choice| text(choice, "type") != "null");
            return html! { @for (at, choice) in known.enumerate() { @if at > 0 { " or " } (kind_of(Some(choice))) } };
        }
    }
    let kind = match schema.get("type") {
        Some(Value::String(kind)) => kind.as_str(),
        Some(Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or_default()
        }
        _ => "",
    };
    match kind {
        "array" => html! { "list of " (kind_of(schema.get("items"))) },
        "object" => html! { "object" },
        kind => html! { (kind) },
    }
}
