//! Files that a script is sure to read when it is loaded, named from its own place: `readFileSync(path.join(__dirname,
//! 'a.json'))`, `new Worker(new URL('./w.js', import.meta.url))`.

use std::collections::{BTreeSet, HashMap};

use memchr::memmem;
use oxc_ast::ast::{
    Argument, BindingPattern, CallExpression, Expression, NewExpression, StaticMemberExpression,
    TemplateLiteral, VariableDeclarator,
};
use oxc_syntax::operator::BinaryOperator;

/// Without one of these there is no place to name a file from.
const PLACES: [&str; 2] = ["__dirname", "import.meta."];
/// What reads a file.
const READERS: [&str; 3] = ["readFileSync", "readFile", "Worker"];
/// A script with one of these may write what it reads, or look before it reads.
const CARES: [&str; 6] = ["writeFile", "existsSync", "copyFile", "accessSync", "statSync", "cpSync"];

/// Whether a script, which reads files, may read one that it takes to be there.
pub(super) fn may_rely_on(bytes: &[u8]) -> bool {
    let has = |word: &&str| memmem::find(bytes, word.as_bytes()).is_some();
    PLACES.iter().any(has) && !CARES.iter().any(has)
}

/// What an expression comes to, as far as that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    /// A path from the script's folder.
    Place(String),
    /// The script itself.
    Own,
    Text(String),
}

/// The variables that hold places.
#[derive(Debug, Default)]
pub(super) struct Places {
    known: HashMap<String, Value>,
    /// Whether the script has a function of its own that is called like the one of Node.
    has_own: bool,
    /// Names that the script declares or imports itself, so that Node doesn't give them.
    own: BTreeSet<&'static str>,
}

impl Places {
    pub(super) fn new(own: BTreeSet<&'static str>) -> Self {
        Self { own, ..Self::default() }
    }

    /// What is known of the names that Node gives, which functions don't have variables for.
    pub(super) fn of_given(mut self) -> Self {
        self.known.retain(|name, _| matches!(name.as_str(), "__dirname" | "__filename"));
        self.has_own = false;
        self
    }

    /// Takes note of a variable at the script's top.
    pub(super) fn declare(&mut self, variable: &VariableDeclarator<'_>) {
        let BindingPattern::BindingIdentifier(name) = &variable.id else { return };
        self.has_own |= READERS.contains(&name.name.as_str());
        if let Some(value) = variable.init.as_ref().and_then(|value| self.value(value)) {
            self.known.insert(name.name.to_string(), value);
        }
    }

    /// The file that a call reads.
    pub(super) fn read_by(&self, call: &CallExpression<'_>) -> Option<String> {
        (last_name(&call.callee)? == "readFileSync").then(|| self.file(&call.arguments)).flatten()
    }

    /// The file that is read by what is waited for.
    pub(super) fn awaited(&self, awaited: &Expression<'_>) -> Option<String> {
        let Expression::CallExpression(call) = awaited else { return None };
        (last_name(&call.callee)? == "readFile").then(|| self.file(&call.arguments)).flatten()
    }

    /// The file that a new thread is started with.
    pub(super) fn started_by(&self, new: &NewExpression<'_>) -> Option<String> {
        (last_name(&new.callee)? == "Worker").then(|| self.file(&new.arguments)).flatten()
    }

    fn file(&self, arguments: &[Argument<'_>]) -> Option<String> {
        (!self.has_own).then_some(())?;
        match self.value(arguments.first()?.as_expression()?)? {
            Value::Place(path) => {
                let steps = path.split('/').filter(|step| !matches!(*step, "" | "."));
                Some(format!("./{}", steps.collect::<Vec<_>>().join("/")))
            }
            Value::Own | Value::Text(_) => None,
        }
    }

    fn value(&self, expression: &Expression<'_>) -> Option<Value> {
        match expression {
            Expression::StringLiteral(text) => Some(Value::Text(text.value.to_string())),
            Expression::ParenthesizedExpression(inner) => self.value(&inner.expression),
            Expression::Identifier(name) => match (self.known.get(name.name.as_str()), name.name.as_str()) {
                (Some(value), _) => Some(value.clone()),
                // of another module, which may stand in another folder
                (None, name) if self.own.contains(name) => None,
                (None, "__dirname") => Some(Value::Place(".".to_owned())),
                (None, "__filename") => Some(Value::Own),
                _ => None,
            },
            Expression::StaticMemberExpression(member) => own_place(member),
            Expression::TemplateLiteral(template) => self.template(template),
            Expression::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition => {
                match (self.value(&sum.left)?, self.value(&sum.right)?) {
                    (Value::Place(path), Value::Text(text)) => Some(Value::Place(path + &text)),
                    _ => None,
                }
            }
            Expression::CallExpression(call) => self.called(call),
            Expression::NewExpression(new) if last_name(&new.callee)? == "URL" => {
                match (self.argument(&new.arguments, 0)?, self.argument(&new.arguments, 1)?) {
                    (Value::Text(path), Value::Own) if !path.contains(':') => Some(Value::Place(path)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn argument(&self, arguments: &[Argument<'_>], at: usize) -> Option<Value> {
        self.value(arguments.get(at)?.as_expression()?)
    }

    fn called(&self, call: &CallExpression<'_>) -> Option<Value> {
        let first = self.argument(&call.arguments, 0)?;
        match (last_name(&call.callee)?, first) {
            ("dirname", Value::Own) => Some(Value::Place(".".to_owned())),
            ("dirname", Value::Place(path)) => Some(Value::Place(format!("{path}/.."))),
            ("fileURLToPath", place @ (Value::Own | Value::Place(_))) => Some(place),
            ("join" | "resolve", Value::Place(mut path)) => {
                for argument in call.arguments.get(1..)? {
                    let Value::Text(name) = self.value(argument.as_expression()?)? else { return None };
                    (!name.starts_with('/') || last_name(&call.callee)? == "join").then_some(())?;
                    path = format!("{path}/{name}");
                }
                Some(Value::Place(path))
            }
            _ => None,
        }
    }

    fn template(&self, template: &TemplateLiteral<'_>) -> Option<Value> {
        let [head, tail] = template.quasis.as_slice() else { return None };
        let place = self.value(template.expressions.first()?)?;
        match (head.value.raw.as_str(), place) {
            ("", Value::Place(path)) => Some(Value::Place(path + tail.value.cooked.as_ref()?.as_str())),
            _ => None,
        }
    }
}

/// Whether a name says all of a file's path from the script, so that nothing is added to it.
pub(super) fn is_file(name: &str) -> bool {
    let is_relative = name.starts_with("./") || name.starts_with("../");
    is_relative && name.rsplit('/').next().is_some_and(|last| last.trim_start_matches('.').contains('.'))
}

/// The file that `require.resolve('./a.html')` tells the place of.
pub(super) fn resolved_by<'a>(call: &'a CallExpression<'_>) -> Option<&'a str> {
    let Expression::StaticMemberExpression(member) = &call.callee else { return None };
    let is_require = matches!(&member.object, Expression::Identifier(name) if name.name == "require");
    let [Argument::StringLiteral(name)] = call.arguments.as_slice() else { return None };
    (is_require && member.property.name == "resolve" && is_file(&name.value)).then_some(name.value.as_str())
}

/// The name of a variable that is made to be the script's own `require`: `createRequire(import.meta.url)`.
pub(super) fn made_require(variable: &VariableDeclarator<'_>) -> Option<String> {
    let BindingPattern::BindingIdentifier(name) = &variable.id else { return None };
    let Some(Expression::CallExpression(call)) = &variable.init else { return None };
    // bundlers call it `topLevelCreateRequire` and the like
    let is_maker = last_name(&call.callee)?.to_ascii_lowercase().ends_with("createrequire");
    let place = match call.arguments.first()?.as_expression()? {
        Expression::StaticMemberExpression(member) => own_place(member),
        _ => None,
    };
    (is_maker && place == Some(Value::Own)).then(|| name.name.to_string())
}

/// `import.meta.url` and the like.
fn own_place(member: &StaticMemberExpression<'_>) -> Option<Value> {
    let Expression::MetaProperty(meta) = &member.object else { return None };
    match (meta.meta.name.as_str(), member.property.name.as_str()) {
        ("import", "url" | "filename") => Some(Value::Own),
        ("import", "dirname") => Some(Value::Place(".".to_owned())),
        _ => None,
    }
}

/// The name that is called, whatever it belongs to: `a` of `x.a(...)` and `(0, x.a)(...)`.
fn last_name<'e>(callee: &'e Expression<'_>) -> Option<&'e str> {
    match callee {
        Expression::Identifier(name) => Some(name.name.as_str()),
        Expression::StaticMemberExpression(member) => Some(member.property.name.as_str()),
        Expression::ParenthesizedExpression(inner) => last_name(&inner.expression),
        Expression::SequenceExpression(all) => last_name(all.expressions.last()?),
        _ => None,
    }
}
