//! From tokens to a tree, by operator precedence (Pratt, "Top down operator precedence", 1973).

use super::Dialect;
use super::error::Error;
use super::lexer::{Lexer, Place, Token};
use super::signature::Signature;
use super::syntax::{Form, SortTerm, Syntax};
use crate::value::Text;

/// How many expressions may stand inside each other. Every walk over a tree may therefore recurse.
pub(super) const NESTING: usize = 128;

/// Parses a whole expression.
pub(super) fn parse(text: &str, dialect: Dialect) -> Result<Syntax, Error> {
    let mut parser = Parser {
        lexer: Lexer::new(text, dialect),
        token: Token::End,
        position: 0,
        depth: 0,
    };
    parser.advance(Place::Value)?;
    let tree = parser.expression(0)?;
    match &parser.token {
        Token::End => Ok(tree),
        token => {
            let message = format!("Syntax error: {}", token.rendered());
            Err(parser.error("S0201", message))
        }
    }
}

/// How strongly an infix operator binds to what stands left of it. Zero: it is none.
fn power(token: &Token) -> u8 {
    let Token::Operator(operator) = token else {
        return 0;
    };
    match *operator {
        "[" | "(" | "@" | "#" => 80,
        "." => 75,
        "{" => 70,
        "*" | "/" | "%" => 60,
        "+" | "-" | "&" => 50,
        "=" | "!=" | "<" | ">" | "<=" | ">=" | "~>" | "in" | "^" | "?:" | "??" => 40,
        "and" => 30,
        "or" => 25,
        "?" => 20,
        ":=" => 10,
        _ => 0,
    }
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    /// The token that is due.
    token: Token,
    position: usize,
    depth: usize,
}

impl Parser<'_> {
    /// Goes on to the next token.
    fn advance(&mut self, place: Place) -> Result<(), Error> {
        self.token = self.lexer.next(place)?;
        self.position = self.lexer.at;
        if self.token.is("!") || self.token.is("~") {
            let message = format!("Unknown operator: {}", self.token.rendered());
            return Err(self.error("S0204", message));
        }
        Ok(())
    }

    /// Goes on, past an operator that must stand here.
    fn expect(&mut self, operator: &'static str, place: Place) -> Result<(), Error> {
        if self.token.is(operator) {
            return self.advance(place);
        }
        let (code, message) = match &self.token {
            Token::End => (
                "S0203",
                format!("Expected \"{operator}\" before end of expression"),
            ),
            token => (
                "S0202",
                format!("Expected \"{operator}\", got {}", token.rendered()),
            ),
        };
        Err(self.error(code, message))
    }

    /// Goes on past an operator if it stands here.
    fn take(&mut self, operator: &'static str) -> Result<bool, Error> {
        let found = self.token.is(operator);
        if found {
            self.advance(Place::Value)?;
        }
        Ok(found)
    }

    /// An error about the token that is due.
    fn error(&self, code: &'static str, message: String) -> Error {
        Error::new(code, message)
            .at(self.position)
            .about(&self.token.text())
    }

    /// Reads an expression, up to an operator that binds no stronger than this.
    fn expression(&mut self, binding: u8) -> Result<Syntax, Error> {
        self.depth += 1;
        let (token, position) = (self.token.clone(), self.position);
        let mut left = if self.depth > NESTING {
            return Err(too_deep());
        } else if token.is("-") || !matches!(token, Token::Operator(_)) || opens(&token) {
            // The reference reads what follows an opening bracket as if a value had ended: no regular expression can
            // be the first thing in there.
            self.advance(Place::Operator)?;
            self.prefix(token, position)?
        } else {
            self.word_or_error()?
        };
        while binding < power(&self.token) {
            let (token, position) = (self.token.clone(), self.position);
            self.advance(Place::Value)?;
            left = self.infix(&token, position, left)?;
            if left.height > NESTING {
                return Err(too_deep());
            }
        }
        self.depth -= 1;
        Ok(left)
    }

    /// An operator stands where a value is due: some name a field or anything, the others do not belong there.
    fn word_or_error(&mut self) -> Result<Syntax, Error> {
        let position = self.position;
        let Token::Operator(operator) = self.token else {
            return Err(self.misplaced());
        };
        let form = match operator {
            "and" | "or" | "in" => Form::Name(operator.into()),
            "*" => Form::Wildcard,
            "**" => Form::Descendant,
            "%" => Form::Parent,
            _ => return Err(self.misplaced()),
        };
        self.advance(Place::Operator)?;
        Ok(Syntax::new(form, position))
    }

    fn misplaced(&self) -> Error {
        let message = format!(
            "The symbol {} cannot be used as a unary operator",
            self.token.rendered()
        );
        self.error("S0211", message)
    }

    /// What a token means where a value begins.
    fn prefix(&mut self, token: Token, position: usize) -> Result<Syntax, Error> {
        let form = match token {
            Token::End => Form::End,
            Token::Name(name) => Form::Name(name),
            Token::Variable(name) => Form::Variable(name),
            Token::Literal(value) => Form::Literal(value),
            Token::Regex(regex) => Form::Regex(regex),
            Token::Operator("-") => Form::Negate(Box::new(self.expression(70)?)),
            Token::Operator("(") => self.block()?,
            Token::Operator("[") => self.array()?,
            Token::Operator("{") => Form::Object(self.pairs()?),
            Token::Operator(_) => self.transform()?,
        };
        Ok(Syntax::new(form, position))
    }

    /// What an operator means after a value.
    fn infix(&mut self, token: &Token, position: usize, left: Syntax) -> Result<Syntax, Error> {
        let Token::Operator(operator) = *token else {
            return Err(self.misplaced());
        };
        let left_place = (left.position, left_token(&left));
        let form = match operator {
            "[" => return self.filter(position, left),
            "(" => return self.call(position, left),
            "{" => Form::Group(Box::new(left), self.pairs()?),
            "^" => Form::Sort(Box::new(left), self.terms()?),
            "@" => Form::Focus(Box::new(left), self.variable(operator, 80)?),
            "#" => Form::Index(Box::new(left), self.variable(operator, 80)?),
            "?" => self.condition(left)?,
            "?:" | "??" => Form::Binary(operator, Box::new([left, self.expression(0)?])),
            ":=" => match left.form {
                Form::Variable(name) => Form::Bind(name, Box::new(self.expression(9)?)),
                _ => {
                    let message = "The left side of := must be a variable name (start with $)";
                    let error = Error::new("S0212", message).at(left_place.0);
                    return Err(error.about(&left_place.1));
                }
            },
            _ => {
                let right = self.expression(power(token))?;
                Form::Binary(operator, Box::new([left, right]))
            }
        };
        Ok(Syntax::new(form, position))
    }

    fn block(&mut self) -> Result<Form, Error> {
        let mut all = Vec::new();
        while !self.token.is(")") {
            all.push(self.expression(0)?);
            if !self.take(";")? {
                break;
            }
        }
        self.expect(")", Place::Operator)?;
        Ok(Form::Block(all))
    }

    fn array(&mut self) -> Result<Form, Error> {
        let mut all = Vec::new();
        while !(all.is_empty() && self.token.is("]")) {
            let mut item = self.expression(0)?;
            if self.token.is("..") {
                let position = self.position;
                self.advance(Place::Value)?;
                let both = Box::new([item, self.expression(0)?]);
                item = Syntax::new(Form::Binary("..", both), position);
            }
            all.push(item);
            if !self.take(",")? {
                break;
            }
        }
        self.expect("]", Place::Operator)?;
        Ok(Form::Array(all))
    }

    fn pairs(&mut self) -> Result<Vec<(Syntax, Syntax)>, Error> {
        let mut all = Vec::new();
        while !(all.is_empty() && self.token.is("}")) {
            let key = self.expression(0)?;
            self.expect(":", Place::Value)?;
            all.push((key, self.expression(0)?));
            if !self.take(",")? {
                break;
            }
        }
        self.expect("}", Place::Operator)?;
        Ok(all)
    }

    fn transform(&mut self) -> Result<Form, Error> {
        let pattern = self.expression(0)?;
        self.expect("|", Place::Value)?;
        let update = self.expression(0)?;
        let delete = match self.take(",")? {
            true => Some(Box::new(self.expression(0)?)),
            false => None,
        };
        self.expect("|", Place::Operator)?;
        Ok(Form::Transform(Box::new([pattern, update]), delete))
    }

    fn filter(&mut self, position: usize, mut left: Syntax) -> Result<Syntax, Error> {
        if !self.token.is("]") {
            let predicate = self.expression(0)?;
            self.expect("]", Place::Operator)?;
            let form = Form::Filter(Box::new([left, predicate]));
            return Ok(Syntax::new(form, position));
        }
        self.advance(Place::Operator)?;
        // "An empty predicate": the mark belongs to the step, below all its predicates.
        let mut step = &mut left;
        while let Form::Filter(both) = &mut step.form {
            step = &mut both[0];
        }
        step.keep_array = true;
        Ok(left)
    }

    fn terms(&mut self) -> Result<Vec<SortTerm>, Error> {
        self.expect("(", Place::Value)?;
        let mut terms = Vec::new();
        loop {
            let descending = !self.take("<")? && self.take(">")?;
            let expression = self.expression(0)?;
            terms.push(SortTerm {
                descending,
                expression,
            });
            if !self.take(",")? {
                break;
            }
        }
        self.expect(")", Place::Operator)?;
        Ok(terms)
    }

    /// The variable right of `@` or `#`.
    fn variable(&mut self, operator: &'static str, binding: u8) -> Result<Text, Error> {
        let right = self.expression(binding)?;
        match right.form {
            Form::Variable(name) => Ok(name),
            _ => {
                let message = format!(
                    "The right side of \"{operator}\" must be a variable name (start with $)"
                );
                Err(Error::new("S0214", message)
                    .at(right.position)
                    .about(operator))
            }
        }
    }

    fn condition(&mut self, left: Syntax) -> Result<Form, Error> {
        let then = self.expression(0)?;
        let otherwise = match self.take(":")? {
            true => Some(Box::new(self.expression(0)?)),
            false => None,
        };
        Ok(Form::Condition(Box::new([left, then]), otherwise))
    }

    fn call(&mut self, position: usize, left: Syntax) -> Result<Syntax, Error> {
        let arguments = self.arguments()?;
        if matches!(&left.form, Form::Name(name) if name == "function" || name == "λ") {
            return self.lambda(position, arguments);
        }
        let holes = arguments.iter().any(|each| matches!(each.form, Form::Hole));
        let form = if holes {
            Form::Partial(Box::new(left), arguments)
        } else {
            Form::Call(Box::new(left), arguments)
        };
        Ok(Syntax::new(form, position))
    }

    fn arguments(&mut self) -> Result<Vec<Syntax>, Error> {
        let mut all = Vec::new();
        while !(all.is_empty() && self.token.is(")")) {
            if self.token.is("?") {
                all.push(Syntax::new(Form::Hole, self.position));
                self.advance(Place::Value)?;
            } else {
                all.push(self.expression(0)?);
            }
            if !self.take(",")? {
                break;
            }
        }
        self.expect(")", Place::Operator)?;
        Ok(all)
    }

    fn lambda(&mut self, position: usize, arguments: Vec<Syntax>) -> Result<Syntax, Error> {
        let mut parameters = Vec::with_capacity(arguments.len());
        for (at, argument) in arguments.into_iter().enumerate() {
            let token = left_token(&argument);
            let Form::Variable(name) = argument.form else {
                let message = format!(
                    "Parameter {} of function definition must be a variable name (start with $)",
                    at + 1
                );
                let error = Error::new("S0208", message).at(argument.position);
                return Err(error.about(&token));
            };
            parameters.push(name);
        }
        let signature = match self.token.is("<") {
            true => Some(self.signature()?),
            false => None,
        };
        self.expect("{", Place::Value)?;
        let body = Box::new(self.expression(0)?);
        self.expect("}", Place::Operator)?;
        let form = Form::Lambda(parameters, signature, body);
        Ok(Syntax::new(form, position))
    }

    /// Reads a signature: its text is what the tokens up to the last `>` say.
    fn signature(&mut self) -> Result<Signature, Error> {
        let start = self.position;
        let mut text = String::from("<");
        let mut depth = 1;
        while depth > 0 && !self.token.is("{") && !matches!(self.token, Token::End) {
            self.advance(Place::Operator)?;
            match &self.token {
                Token::Operator(">") => depth -= 1,
                Token::Operator("<") => depth += 1,
                _ => {}
            }
            text.push_str(&self.token.text());
        }
        self.expect(">", Place::Value)?;
        Signature::parse(&text).map_err(|error| error.moved(start))
    }
}

/// Whether an operator begins an expression that has more to it.
fn opens(token: &Token) -> bool {
    ["(", "[", "{", "|"].iter().any(|each| token.is(each))
}

/// The token that an expression is known by in errors.
fn left_token(syntax: &Syntax) -> String {
    match &syntax.form {
        Form::Literal(value) => Token::Literal(value.clone()).text().to_string(),
        Form::Name(name) | Form::Variable(name) => name.to_string(),
        Form::Binary(operator, _) => (*operator).to_owned(),
        _ => String::new(),
    }
}

#[cold]
fn too_deep() -> Error {
    Error::new(
        "U1001",
        format!("The expression nests deeper than {NESTING} levels"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str, code: &str, message: &str) {
        let error = parse(text, Dialect::Aws).expect_err(text);
        assert_eq!(
            (error.code, error.message.as_str()),
            (code, message),
            "{text}"
        );
    }

    #[test]
    fn errors_say_what_the_reference_says() {
        refused("a b", "S0201", "Syntax error: \"b\"");
        refused("(1", "S0203", "Expected \")\" before end of expression");
        refused("{\"a\" 1}", "S0202", "Expected \":\", got 1");
        refused("~", "S0204", "Unknown operator: \"~\"");
        refused(
            "a.*.)",
            "S0211",
            "The symbol \")\" cannot be used as a unary operator",
        );
        refused(
            "1 := 2",
            "S0212",
            "The left side of := must be a variable name (start with $)",
        );
        refused(
            "function(x){1}",
            "S0208",
            "Parameter 1 of function definition must be a variable name (start with $)",
        );
    }

    #[test]
    fn nesting_is_capped_in_depth_and_in_length() {
        for text in [
            "(".repeat(100_000),
            "[".repeat(100_000),
            "-".repeat(100_000),
            format!("1{}", "+1".repeat(100_000)),
            format!("a{}", "{b:c}".repeat(100_000)),
        ] {
            assert_eq!(
                parse(&text, Dialect::Aws).expect_err("too deep").code,
                "U1001"
            );
        }
    }
}
