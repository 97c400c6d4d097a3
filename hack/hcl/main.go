// hcl-eval reads Terraform's language on standard input with HashiCorp's own parser and prints its blocks as JSON: every attribute that
// needs nothing else is evaluated, so that escapes and heredocs come out as Terraform sees them; a reference comes out as its path.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

type block struct {
	Type       string         `json:"type"`
	Labels     []string       `json:"labels"`
	Attributes map[string]any `json:"attributes"`
	Blocks     []block        `json:"blocks"`
}

func pathOf(traversal hcl.Traversal) string {
	var parts []string
	for _, step := range traversal {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			parts = append(parts, step.Name)
		case hcl.TraverseAttr:
			parts = append(parts, step.Name)
		}
	}
	return strings.Join(parts, ".")
}

func valueOf(expression hclsyntax.Expression) (any, error) {
	if list, ok := expression.(*hclsyntax.TupleConsExpr); ok {
		values := make([]any, 0, len(list.Exprs))
		for _, item := range list.Exprs {
			value, err := valueOf(item)
			if err != nil {
				return nil, err
			}
			values = append(values, value)
		}
		return values, nil
	}
	if reference, ok := expression.(*hclsyntax.ScopeTraversalExpr); ok {
		return map[string]string{"reference": pathOf(reference.Traversal)}, nil
	}
	value, diagnostics := expression.Value(&hcl.EvalContext{Variables: map[string]cty.Value{}})
	if diagnostics.HasErrors() {
		return nil, diagnostics
	}
	return ctyjson.SimpleJSONValue{Value: value}, nil
}

func read(body *hclsyntax.Body) ([]block, map[string]any, error) {
	attributes := map[string]any{}
	for name, attribute := range body.Attributes {
		value, err := valueOf(attribute.Expr)
		if err != nil {
			return nil, nil, err
		}
		attributes[name] = value
	}
	blocks := []block{}
	for _, inner := range body.Blocks {
		innerBlocks, innerAttributes, err := read(inner.Body)
		if err != nil {
			return nil, nil, err
		}
		blocks = append(blocks, block{inner.Type, append([]string{}, inner.Labels...), innerAttributes, innerBlocks})
	}
	return blocks, attributes, nil
}

func run() error {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	file, diagnostics := hclsyntax.ParseConfig(text, "stdin", hcl.InitialPos)
	if diagnostics.HasErrors() {
		return diagnostics
	}
	blocks, _, err := read(file.Body.(*hclsyntax.Body))
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(blocks)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
