import "../shell/shell.ts";
