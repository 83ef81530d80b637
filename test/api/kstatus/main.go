// Judges statuses with what others really use: `kstatus` with Flux's own library, `argo SCRIPT` with a health script as Argo CD runs it (the object as a
// Lua table named obj, no libraries but base, string and table). Reads a List from stdin, writes one JSON object a line.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

type verdict struct {
	Name    string `json:"name"`
	Status  string `json:"status"`
	Message string `json:"message"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	bytes, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	list := &unstructured.UnstructuredList{}
	if err := list.UnmarshalJSON(bytes); err != nil {
		return err
	}
	judge := byFlux
	if len(args) == 2 && args[0] == "argo" {
		script, err := os.ReadFile(args[1])
		if err != nil {
			return err
		}
		judge = func(object *unstructured.Unstructured) (verdict, error) { return byArgo(string(script), object) }
	} else if len(args) != 1 || args[0] != "kstatus" {
		return fmt.Errorf("use: kstatus | argo SCRIPT")
	}
	out := json.NewEncoder(os.Stdout)
	for i := range list.Items {
		told, err := judge(&list.Items[i])
		if err != nil {
			return fmt.Errorf("%s: %w", list.Items[i].GetName(), err)
		}
		told.Name = list.Items[i].GetName()
		if err := out.Encode(told); err != nil {
			return err
		}
	}
	return nil
}

func byFlux(object *unstructured.Unstructured) (verdict, error) {
	result, err := status.Compute(object)
	if err != nil {
		return verdict{}, err
	}
	return verdict{Status: result.Status.String(), Message: result.Message}, nil
}

func byArgo(script string, object *unstructured.Unstructured) (verdict, error) {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for name, open := range map[string]lua.LGFunction{
		lua.BaseLibName: lua.OpenBase, lua.StringLibName: lua.OpenString, lua.TabLibName: lua.OpenTable,
	} {
		state.Push(state.NewFunction(open))
		state.Push(lua.LString(name))
		state.Call(1, 0)
	}
	state.SetGlobal("obj", toLua(state, object.Object))
	if err := state.DoString(script); err != nil {
		return verdict{}, err
	}
	table, ok := state.Get(-1).(*lua.LTable)
	if !ok {
		return verdict{}, fmt.Errorf("the script returns no table")
	}
	message := ""
	if text, ok := table.RawGetString("message").(lua.LString); ok {
		message = string(text)
	}
	return verdict{Status: table.RawGetString("status").String(), Message: message}, nil
}

func toLua(state *lua.LState, value any) lua.LValue {
	switch typed := value.(type) {
	case map[string]any:
		table := state.NewTable()
		for key, part := range typed {
			table.RawSetString(key, toLua(state, part))
		}
		return table
	case []any:
		table := state.NewTable()
		for _, part := range typed {
			table.Append(toLua(state, part))
		}
		return table
	case string:
		return lua.LString(typed)
	case bool:
		return lua.LBool(typed)
	case int64:
		return lua.LNumber(typed)
	case float64:
		return lua.LNumber(typed)
	}
	return lua.LNil
}
