// A one-time code for a page: six digits, large, ten minutes. It is kept nowhere but on this screen.
async function issueCode(role) {
  const told = await ask("POST", "/v1/page-codes", { role });
  seen.given = { role, code: told.code, until: performance.now() + told.minutes * 60000 };
  announce(t("I_code_given", { code: told.code.split("").join(" ") }));
}

function codeShown() {
  const now = seen.given, over = now && performance.now() >= now.until;
  const where = now ? location.origin + (now.role === "installer" ? "/page/installer" : "/") : "";
  return panel(t("I_code"),
    now && !over ? [
      h("p", { class: "code", role: "status" }, now.code.slice(0, 3) + THIN + now.code.slice(3)),
      h("p", {}, t(now.role === "installer" ? "I_code_installer" : "I_code_cashier") + " · ", left(now.until)),
      line(t("I_code_where", { where }), "second"),
    ] : line(t(over ? "I_code_over" : "I_code_ask")),
    h("div", { class: "tools" },
      tool("cashier", t("I_code_for_cashier"), () => issueCode("cashier")),
      tool("installer", t("I_code_for_installer"), () => issueCode("installer")),
      closing()));
}
