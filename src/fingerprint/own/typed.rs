//! Lines of which a compiler leaves nothing: types of TypeScript, templates of pages, directives of style sheets.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::language::Kin;

/// What may be the type after a colon.
const TYPE: &str = r"(?:(?:string|number|boolean|any|unknown|never|void|null|undefined|bigint|symbol|object)\b|readonly |typeof |keyof |[A-Z][\w$]*(?:\.[A-Z]\w*)*(?:<[^;={}]*>)?(?:\[\])*)";

/// Forms that only types take. A colon alone is no sign, since objects have it, too: `{ name: Name }`,
/// `const { a: B } = c`, `x ? a : B`.
static TYPED: LazyLock<Regex> = LazyLock::new(|| {
    let forms = [
        // import type { A } from 'a'; export type { A }
        r"^\s*(?:import|export) type\b".to_owned(),
        r"^\s*import \{.*\btype \w.* from\b".to_owned(),
        // interface A {; type A = ...; declare module; enum A {
        r"^\s*(?:export )?(?:default )?(?:declare )?(?:abstract class |interface [A-Z]\w*|namespace \w+(?:\.\w+)* \{|type [A-Z]\w*(?:<.*>)? ?=|(?:const )?enum \w+ \{|declare )".to_owned(),
        // private readonly rates: Rates
        r"^\s*(?:private|public|protected|readonly|override) (?:static |readonly |async |override |abstract )*[\w#$\[]".to_owned(),
        // name?: string; rates: Map<string, number>;
        format!(r"^\s*(?:readonly )?(?:[\w$]+|\[[\w$]+: \w+\])\??: {TYPE}(?: [|&] [\w$<>\[\], .'|&]+)?;\s*$"),
        r"^\s*(?:readonly )?[\w$]+\?: ".to_owned(),
        // const a: Rates = ...; let b: number;
        r"\b(?:const|let|var) (?:[\w$]+|[\[{][\w$, ]*[\]}]): [A-Za-z{(\[]".to_owned(),
        // function f(a: string, b?: Rates); (a: string) =>; f(a: string): void {
        format!(r"(?:function\b.*|\(|, )(?:this|[a-z_$][\w$]*)\??: {TYPE}(?: [|&] [\w$<>\[\], .'|&]+)?(?:\)(?:: [^?;]+)?(?: =>| \{{|;?\s*$)|, [\w$.]+\??: |,\s*$| = )"),
        // ): Promise<number> {
        r"^\s*\): [A-Za-z][\w$.<>\[\], |&]* (?:\{|=>)".to_owned(),
        r"\w\)\: [A-Za-z][\w$.<>\[\], |&]* (?:\{|=>)".to_owned(),
        // as const; as Rates; satisfies Rates
        r"[\w\])}'\x22] as (?:const|any|unknown|never|string|number|boolean|keyof |typeof )\b".to_owned(),
        r"[\])}] as [A-Z]\w*".to_owned(),
        r"\bsatisfies [A-Z]".to_owned(),
        // <T extends object>(; Record<string, ...>
        r"\b\w+<(?:const )?[A-Z]\w* extends ".to_owned(),
        r"\b(?:Record|Promise|Partial|Readonly|ReadonlyArray|ReadonlyMap|Array|Map|Set|WeakMap|Omit|Pick|Exclude|Extract|Required|ReturnType|Parameters|Awaited)<[A-Za-z{\[(]".to_owned(),
        r"\b(?:is|asserts) [A-Z]\w* (?:\{|=>)".to_owned(),
        r"\bkeyof (?:typeof )?\w|\bextends infer \b|\binfer [A-Z]".to_owned(),
    ];
    // The forms are fixed, and a test compiles them.
    Regex::new(&format!("(?-u:{})", forms.join("|"))).unwrap_or_else(|_| never())
});

/// Directives and events of templates.
static TEMPLATE: LazyLock<Regex> = LazyLock::new(|| {
    let forms = r#"(?-u:\s(?:v-[a-z]+(?::[\w.-]+)?|@[\w.:-]+|:[\w.-]+|#[\w-]+|on:\w+|bind:\w+|class:[\w-]+)=["{]|\{[#:/@](?:if|each|else|await|then|key|snippet|render|const|html)\b)"#;
    Regex::new(forms).unwrap_or_else(|_| never())
});

/// What style sheets have only before they are compiled.
static SHEET: LazyLock<Regex> = LazyLock::new(|| {
    let forms = r"(?-u:@(?:include|mixin|extend|use|forward|function|return|if|else|each|plugin)\b|\$[a-zA-Z][\w-]*\b|#\{|^\s*@[a-z][\w-]*\s*:|^\s*&[\w:.-]|^\s*\.[\w-]+\(.*\);)";
    Regex::new(forms).unwrap_or_else(|_| never())
});

/// Matches nothing.
#[expect(clippy::unwrap_used, reason = "an empty class is a valid expression")]
fn never() -> Regex {
    Regex::new(r"(?-u:[^\x00-\xff])").unwrap()
}

/// Whether a build of a language leaves nothing of this line of code.
pub(super) fn is_lowered(line: &[u8], kin: Kin) -> bool {
    match kin {
        Kin::Typed => is_typescript(line),
        Kin::Page => is_typescript(line) || TEMPLATE.is_match(line),
        Kin::Sheet => SHEET.is_match(line),
        Kin::Script | Kin::Other => false,
    }
}

/// Whether a line has what only TypeScript has.
pub fn is_typescript(line: &[u8]) -> bool {
    // Most lines have none of what every form has.
    if !line.iter().any(|byte| matches!(byte, b':' | b'<')) && !has_word(line) {
        return false;
    }
    TYPED.is_match(line)
}

fn has_word(line: &[u8]) -> bool {
    const WORDS: &[&str] = &[
        " as ",
        "type ",
        "interface ",
        "declare ",
        "enum ",
        "namespace ",
        "private ",
        "readonly ",
        "satisfies ",
        "abstract ",
        "public ",
        "protected ",
        "override ",
        "keyof ",
        "infer ",
        " is ",
    ];
    static ANY: LazyLock<Regex> = LazyLock::new(|| any_of(WORDS));
    ANY.is_match(line)
}

/// Finds any of these words.
pub(super) fn any_of(words: &[&str]) -> Regex {
    let words: Vec<String> = words.iter().map(|word| regex::escape(word)).collect();
    Regex::new(&format!("(?-u:{})", words.join("|"))).unwrap_or_else(|_| never())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_what_looks_like_them() {
        for line in [
            "import type { Rates } from './rates';",
            "import { total, type Rates } from './rates';",
            "export interface PricingOptions {",
            "export type Currency = 'EUR' | 'USD';",
            "type Handler<T> = (value: T) => void;",
            "declare module 'virtual:rates' {",
            "export const enum Mode {",
            "  private readonly rates = new Map();",
            "  surcharge: number;",
            "  readonly names?: string[];",
            "  customers: Map<string, Customer>;",
            "const rates: Record<string, number> = {};",
            "let best: Offer | undefined;",
            "export function total(orders: Order[], rates: Rates): number {",
            "export async function load(path: string) {",
            "const compare = (a: Offer, b: Offer) => a.price - b.price;",
            "  surcharge: number,",
            "): Promise<Offer[]> {",
            "const names = Object.keys(rates) as Currency[];",
            "return [low, high] as const;",
            "} satisfies Config;",
            "function pick<K extends keyof Rates>(key: K) {",
            "const seen = new Map<string, Offer>();",
            "function isOffer(value: unknown): value is Offer {",
        ] {
            let expected = line != "  surcharge: number,";
            assert_eq!(is_lowered(line.as_bytes(), Kin::Typed), expected, "{line}");
        }
        for line in [
            "const { a: Base, b: Other } = bases;",
            "import { total as Total } from './rates';",
            "export { total as Total, best as Best };",
            "  total as Total,",
            "  handler: Foo.bar,",
            "  name: Name,",
            "const x = ready ? first : Second;",
            "  case Kind.Total: return Sum;",
            "export const names = { first: 'a', second: 'b' };",
            "if (a < b && c > d) return;",
            "return { offers: best, rates };",
            "call({ rates: Rates, other: 1 });",
            "// import type { Rates }",
            "new Foo({ key: String, value: Number })",
            "foo(bar, { type: String, required: true })",
        ] {
            assert!(!is_lowered(line.as_bytes(), Kin::Typed), "{line}");
        }
    }

    #[test]
    fn templates_and_style_sheets() {
        for line in [
            "<li v-for=\"offer in offers\" :key=\"offer.id\">",
            "<button @click=\"choose(offer)\">",
            "{#each offers as offer (offer.id)}",
        ] {
            assert!(is_lowered(line.as_bytes(), Kin::Page), "{line}");
        }
        assert!(!is_lowered(b"<p class=\"total\">Total of all offers</p>", Kin::Page));
        for line in
            ["  @include surcharge($high, 2px);", "  color: darken($brand, 10%);", "  &:hover .offer {"]
        {
            assert!(is_lowered(line.as_bytes(), Kin::Sheet), "{line}");
        }
        assert!(!is_lowered(b"  background-color: #336699;", Kin::Sheet));
    }
}
