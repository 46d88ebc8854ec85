"""A small GraphQL for doubles: enough of the language for the documents that a
runbook sends, checked against a schema as a server checks them.

A schema maps a type's name to its fields; a field is (type, arguments), and a
type without fields of its own is a scalar. "!" at the end of a type: never null."""
import re

TOKEN = re.compile(r'\s+|,|#[^\n]*|(?P<p>[{}()\[\]!:=$])|(?P<n>[_A-Za-z][_0-9A-Za-z]*)|(?P<i>-?\d+)|(?P<s>"(?:[^"\\\n]|\\.)*")')


class Invalid(Exception):
    """The document is no valid one: the server answers 400."""


class Failed(Exception):
    """It is, and what it asks for cannot be done: 200 with errors."""


def tokens(text):
    out, at = [], 0
    while at < len(text):
        m = TOKEN.match(text, at)
        if not m:
            raise Invalid(f"Syntax Error: Unexpected character: {text[at]!r}.")
        if m.lastgroup:
            out.append((m.lastgroup, m[0]))
        at = m.end()
    return out + [("end", "<EOF>")]


class Parser:
    def __init__(self, text):
        self.rest = tokens(text)

    def peek(self):
        return self.rest[0][1]

    def take(self, want=None):
        kind, text = self.rest.pop(0)
        if want is not None and text != want and kind != want:
            raise Invalid(f"Syntax Error: Expected {want!r}, found {text!r}.")
        return text

    def operation(self):
        kind, declared = "query", {}
        if self.peek() != "{":
            kind = self.take("n")
            if kind not in ("query", "mutation"):
                raise Invalid(f"Syntax Error: Unexpected Name {kind!r}.")
            if self.peek() not in ("(", "{"):
                self.take("n")
            if self.peek() == "(":
                self.take()
                while self.peek() != ")":
                    self.take("$")
                    name = self.take("n")
                    self.take(":")
                    declared[name] = self.type()
                self.take()
        fields = self.selection()
        self.take("end")
        return kind, declared, fields

    def type(self):
        if self.peek() == "[":
            self.take()
            text = f"[{self.type()}]"
            self.take("]")
        else:
            text = self.take("n")
        if self.peek() == "!":
            text += self.take()
        return text

    def selection(self):
        self.take("{")
        out = []
        while self.peek() != "}":
            name, arguments, inner = self.take("n"), {}, None
            if self.peek() == "(":
                self.take()
                while self.peek() != ")":
                    key = self.take("n")
                    self.take(":")
                    arguments[key] = self.value()
                self.take()
            if self.peek() == "{":
                inner = self.selection()
            out.append((name, arguments, inner))
        self.take()
        if not out:
            raise Invalid("Syntax Error: Expected Name, found '}'.")
        return out

    def value(self):
        if self.peek() == "$":
            self.take()
            return ("variable", self.take("n"))
        if self.peek() == "{":
            self.take()
            out = {}
            while self.peek() != "}":
                key = self.take("n")
                self.take(":")
                out[key] = self.value()
            self.take()
            return ("object", out)
        kind, text = self.rest.pop(0)
        if kind == "s":
            return ("literal", text[1:-1])
        if kind == "i":
            return ("literal", int(text))
        if text in ("true", "false", "null"):
            return ("literal", {"true": True, "false": False, "null": None}[text])
        raise Invalid(f"Syntax Error: Unexpected {text!r}.")


def given(value, declared, variables, want):
    """What an argument of the type ${want} is worth."""
    kind, v = value
    if kind == "object":
        return {k: given(x, declared, variables, None) for k, x in v.items()}
    if kind == "literal":
        return v
    if v not in declared:
        raise Invalid(f'Variable "${v}" is not defined.')
    if want and declared[v].rstrip("!") != want.rstrip("!"):
        raise Invalid(f'Variable "${v}" of type "{declared[v]}" used in position expecting type "{want}".')
    if declared[v].endswith("!") and variables.get(v) is None:
        raise Invalid(f'Variable "${v}" of required type "{declared[v]}" was not provided.')
    return variables.get(v)


class Server:
    """resolve: root field -> function(arguments) -> a value of its type"""

    def __init__(self, schema, resolve):
        self.schema, self.resolve = schema, resolve

    def run(self, text, variables):
        kind, declared, fields = Parser(text).operation()
        root = {"query": "Query", "mutation": "Mutation"}[kind]
        self.check(root, fields)
        calls = [(n, self.arguments(root, n, a, declared, variables), inner) for n, a, inner in fields]
        return {n: self.shown(self.resolve[n](**args), inner) for n, args, inner in calls}

    def check(self, type_name, fields):
        for name, _, inner in fields:
            field = self.schema[type_name].get(name)
            if not field:
                raise Invalid(f'Cannot query field "{name}" on type "{type_name}".')
            bare = field[0].strip("[]!")
            if bare in self.schema and inner is None:
                raise Invalid(f'Field "{name}" of type "{field[0]}" must have a selection of subfields. Did you mean "{name} {{ ... }}"?')
            if bare not in self.schema and inner is not None:
                raise Invalid(f'Field "{name}" must not have a selection since type "{field[0]}" has no subfields.')
            if inner:
                self.check(bare, inner)

    def arguments(self, type_name, name, arguments, declared, variables):
        known = self.schema[type_name][name][1]
        for a in arguments:
            if a not in known:
                raise Invalid(f'Unknown argument "{a}" on field "{type_name}.{name}".')
        for a, t in known.items():
            if t.endswith("!") and a not in arguments:
                raise Invalid(f'Field "{name}" argument "{a}" of type "{t}" is required, but it was not provided.')
        return {a: given(v, declared, variables, known[a]) for a, v in arguments.items()}

    def shown(self, value, fields):
        if isinstance(value, list):
            return [self.shown(v, fields) for v in value]
        if fields is None or value is None:
            return value
        return {n: self.shown(value[n], inner) for n, _, inner in fields}
