import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
    { ignores: ["node_modules", "src/api/schema.ts", "public"] },
    ...tseslint.configs.strict,
    ...tseslint.configs.stylistic,
    { plugins: { "react-hooks": hooks }, rules: hooks.configs.recommended.rules },
    {
        rules: {
            "no-restricted-syntax": [
                "error",
                {
                    selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
                    message: "Text from tasks is shown as text, never as HTML.",
                },
            ],
        },
    },
);
