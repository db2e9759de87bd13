//! A query's text, read.

use std::iter::Peekable;
use std::str::{CharIndices, FromStr};

use super::{Node, Pattern, Query, QueryError};

/// Longest query, in bytes.
pub(crate) const LENGTH_MAX: usize = 10_000;
/// Most parentheses, or `not`, within each other.
pub(crate) const DEPTH_MAX: usize = 64;

impl FromStr for Query {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Query, QueryError> {
        if text.len() > LENGTH_MAX {
            return Err(QueryError::TooLong);
        }
        let mut reader =
            Reader { tokens: tokens(text)?.into_iter().peekable(), end: text.chars().count() + 1 };
        if reader.tokens.peek().is_none() {
            return Ok(Query(Node::And(Vec::new())));
        }
        let node = reader.either(0)?;
        match reader.tokens.next() {
            Some((at, _)) => Err(QueryError::Closes(at)),
            None => Ok(Query(node)),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Open,
    Close,
    And,
    Or,
    Not,
    Word(String),
    Field(String, String),
}

/// Tokens, each with the number of its first character, from 1.
fn tokens(text: &str) -> Result<Vec<(usize, Token)>, QueryError> {
    let mut chars = text.char_indices().peekable();
    let mut tokens = Vec::new();
    while let Some((byte, next)) = chars.peek().copied() {
        let at = text[..byte].chars().count() + 1;
        match next {
            _ if next.is_whitespace() => drop(chars.next()),
            '(' => {
                chars.next();
                tokens.push((at, Token::Open));
            }
            ')' => {
                chars.next();
                tokens.push((at, Token::Close));
            }
            '"' => tokens.push((at, Token::Word(quoted(&mut chars, at)?))),
            _ => tokens.push((at, bare(&mut chars, at)?)),
        }
    }
    Ok(tokens)
}

fn quoted(chars: &mut Peekable<CharIndices<'_>>, at: usize) -> Result<String, QueryError> {
    chars.next();
    let mut text = String::new();
    loop {
        match chars.next() {
            None => return Err(QueryError::OpenQuote(at)),
            Some((_, '"')) => {
                if chars.next_if(|(_, it)| *it == '"').is_none() {
                    return Ok(text);
                }
                text.push('"');
            }
            Some((_, other)) => text.push(other),
        }
    }
}

/// A word, a connective, or `Field:value`.
fn bare(chars: &mut Peekable<CharIndices<'_>>, at: usize) -> Result<Token, QueryError> {
    let ends = |it: char| it.is_whitespace() || "()\"".contains(it);
    let mut text = String::new();
    while let Some((_, next)) = chars.next_if(|(_, it)| !ends(*it)) {
        let named = text.chars().all(|it| it.is_alphanumeric() || "_.@-".contains(it));
        if next != ':' || text.is_empty() || !named {
            text.push(next);
            continue;
        }
        let value = match chars.peek() {
            Some((_, '"')) => quoted(chars, at + text.chars().count() + 1)?,
            _ => std::iter::from_fn(|| chars.next_if(|(_, it)| !ends(*it))).map(|(_, it)| it).collect(),
        };
        if value.is_empty() {
            return Err(QueryError::Missing(at + text.chars().count() + 1));
        }
        return Ok(Token::Field(text, value));
    }
    Ok(match text.to_ascii_lowercase().as_str() {
        "and" => Token::And,
        "or" => Token::Or,
        "not" => Token::Not,
        _ => Token::Word(text),
    })
}

struct Reader {
    tokens: Peekable<std::vec::IntoIter<(usize, Token)>>,
    /// The number of the character after the last one.
    end: usize,
}

impl Reader {
    fn either(&mut self, depth: usize) -> Result<Node, QueryError> {
        let mut ways = vec![self.all(depth)?];
        while self.tokens.next_if(|(_, it)| *it == Token::Or).is_some() {
            ways.push(self.all(depth)?);
        }
        Ok(one_or(ways, Node::Or))
    }

    fn all(&mut self, depth: usize) -> Result<Node, QueryError> {
        let mut parts = vec![self.one(depth)?];
        loop {
            let joined = self.tokens.next_if(|(_, it)| *it == Token::And).is_some();
            let goes_on = !matches!(self.tokens.peek(), None | Some((_, Token::Or | Token::Close)));
            if !joined && !goes_on {
                return Ok(one_or(parts, Node::And));
            }
            parts.push(self.one(depth)?);
        }
    }

    fn one(&mut self, depth: usize) -> Result<Node, QueryError> {
        if depth > DEPTH_MAX {
            return Err(QueryError::TooLong);
        }
        match self.tokens.next() {
            Some((_, Token::Not)) => Ok(Node::Not(Box::new(self.one(depth + 1)?))),
            Some((_, Token::Word(text))) => Ok(Node::Word(Pattern::anywhere(&text))),
            Some((_, Token::Field(name, value))) => Ok(Node::Field(name.into(), Pattern::new(&value))),
            Some((at, Token::Open)) => {
                let inner = self.either(depth + 1)?;
                self.tokens
                    .next_if(|(_, it)| *it == Token::Close)
                    .map(|_| inner)
                    .ok_or(QueryError::OpenParenthesis(at))
            }
            Some((at, Token::Close | Token::And | Token::Or)) => Err(QueryError::Missing(at)),
            None => Err(QueryError::Missing(self.end)),
        }
    }
}

fn one_or(mut nodes: Vec<Node>, many: fn(Vec<Node>) -> Node) -> Node {
    match nodes.len() {
        1 => nodes.remove(0),
        _ => many(nodes),
    }
}
