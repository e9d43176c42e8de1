//! Choices between two builds of a script, one for production and one for whoever develops: `process.env.NODE_ENV` decides,
//! and whatever it says, one of both is loaded.

use oxc_ast::ast::{ConditionalExpression, Expression, IfStatement};

/// Whether one of two branches is carried out by this alone, and nothing else is asked for.
pub(super) fn is_chosen(statement: &IfStatement<'_>) -> bool {
    statement.alternate.is_some() && asks_for_production(&statement.test)
}

/// The same in one expression, which always has two branches.
pub(super) fn is_chosen_from(expression: &ConditionalExpression<'_>) -> bool {
    asks_for_production(&expression.test)
}

/// `process.env.NODE_ENV === 'production'`, and its opposite.
fn asks_for_production(test: &Expression<'_>) -> bool {
    let Expression::BinaryExpression(test) = test.without_parentheses() else { return false };
    let is_it = |side: &Expression<'_>, other: &Expression<'_>| {
        is_node_env(side) && matches!(other, Expression::StringLiteral(text) if text.value == "production")
    };
    test.operator.is_equality() && (is_it(&test.left, &test.right) || is_it(&test.right, &test.left))
}

fn is_node_env(expression: &Expression<'_>) -> bool {
    let Expression::StaticMemberExpression(variable) = expression else { return false };
    let Expression::StaticMemberExpression(env) = &variable.object else { return false };
    variable.property.name == "NODE_ENV" && env.property.name == "env" && env.object.is_specific_id("process")
}
