"""The words of `rules check`: what is strange about a rules file and what to do. Russian, English, twice each."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str, str, str]] = {
    "gives nothing": (
        "правило ничего не даёт: ставка или сумма равна нулю",
        "the rule gives nothing: its rate or amount is zero",
        "задайте величину или уберите правило",
        "set the figure or remove the rule",
    ),
    "scope": (
        "правило недостижимо: его категории сами же исключены",
        "the rule is unreachable: it leaves out its own categories",
        "уберите категорию из not_categories",
        "take the category out of not_categories",
    ),
    "weekdays": (
        "правило недостижимо: между from и to нет таких дней недели",
        "the rule is unreachable: no such weekday between from and to",
        "исправьте weekdays или даты",
        "mend weekdays or the dates",
    ),
    "calendar": (
        "правило недостижимо: календарь «{name}» и нужен, и исключён",
        "the rule is unreachable: calendar '{name}' is both wanted and left out",
        "оставьте его в одном из списков",
        "keep it in one of the lists",
    ),
    "payments": (
        "правило недостижимо: payments и only_payments не пересекаются",
        "the rule is unreachable: payments and only_payments have nothing in common",
        "оставьте одно из условий",
        "keep one of the conditions",
    ),
    "past": (
        "правило закончилось {day}",
        "the rule ended on {day}",
        "уберите его или продлите to",
        "remove it or prolong to",
    ),
    "after exclusive": (
        "правило недостижимо: раньше него всегда срабатывает исключающее «{other}»",
        "the rule is unreachable: exclusive '{other}' always applies before it",
        "поставьте «{other}» позже (priority), дайте ему условие или объедините их в группу best",
        "let '{other}' run later (priority), give it a condition or put both into a best group",
    ),
    "first": (
        "правило недостижимо: в группе first раньше него всегда срабатывает «{other}»",
        "the rule is unreachable: '{other}' always applies before it in the first group",
        "поменяйте priority или сделайте группу best",
        "change the priority or make it a best group",
    ),
    "beaten": (
        "правило никогда не победит: «{other}» той же группы при тех же условиях даёт не меньше",
        "the rule never wins: '{other}' of its group gives no less under the same conditions",
        "уберите его или сузьте scope и when",
        "remove it or narrow scope and when",
    ),
    "same code": (
        "код «{name}» есть и в «{other}», правила не в группе: оба сработают",
        "code '{name}' is in '{other}' too and they share no group: both apply",
        "объедините их в группу best или first",
        "put them into a best or first group",
    ),
    "same stamps": (
        "«{other}» считает те же товары: одна единица даст штамп обоим",
        "'{other}' counts the same goods: one unit stamps both",
        "разделите scope",
        "part their scopes",
    ),
    "worst": (
        "скидки корзины могут дойти до {rate} % (правила: {names}){amounts}",
        "discounts of a basket may reach {rate} % (rules: {names}){amounts}",
        "поставьте [program] max_discount_bp, группу best или exclusive",
        "set [program] max_discount_bp, a best group or exclusive",
    ),
    "worst unknown": (
        "правил так много, что худший случай посчитан не по всем парам",
        "there are so many rules that not every pair was compared for the worst case",
        "поставьте [program] max_discount_bp: он ограничит скидку в любом случае",
        "set [program] max_discount_bp: it bounds the discount in any case",
    ),
    "all by points": (
        "баллами можно заплатить весь чек: cap_bp = 10000 без min_money_kop",
        "points may pay the whole receipt: cap_bp = 10000 without min_money_kop",
        "задайте cap_bp меньше 10000 или min_money_kop",
        "set cap_bp below 10000 or min_money_kop",
    ),
    "too many points": (
        "баллы могут превысить цену: до {rate} % от оплаченного (курс учтён)",
        "points may exceed the price: up to {rate} % of what is paid (exchange rate counted)",
        "уменьшите bp, множители или задайте max_pt",
        "lower bp or the multipliers, or set max_pt",
    ),
    "points of any receipt": (
        "правило даёт {pt} баллов и за чек дешевле них: баллы могут превысить цену",
        "the rule gives {pt} points for a receipt that costs less: points may exceed the price",
        "задайте when.min_total_kop не ниже {kop}",
        "set when.min_total_kop to {kop} at least",
    ),
    "unused": (
        "«{name}» нигде не используется",
        "'{name}' is used nowhere",
        "уберите или сошлитесь на него в when",
        "remove it or refer to it in when",
    ),
    "limit of no accrual": (
        "предел считает начисления, а программа баллов не начисляет",
        "the limit counts accruals, and the program gives no points",
        "уберите его или задайте [accrue]",
        "remove it or add [accrue]",
    ),
    "limit of no spending": (
        "предел считает списания, а программа баллов не принимает",
        "the limit counts spends, and the program takes no points",
        "уберите его или задайте [spend]",
        "remove it or add [spend]",
    ),
    "limit never": (
        "предел никогда не сработает: доля не бывает больше 100 %",
        "the limit never holds: a share is never above 100 %",
        "уменьшите most_bp",
        "lower most_bp",
    ),
    "limit zero": (
        "предел сработает на каждую карту: любая доля больше нуля",
        "the limit holds for every card: any share is above zero",
        "увеличьте most_bp",
        "raise most_bp",
    ),
    "limit always": (
        "предел сработает и на единственный чек: один из {least} — уже большая доля",
        "the limit holds for a single receipt: one of {least} is too large a share already",
        "увеличьте least или most_bp; при этой доле least не меньше {wanted}",
        "raise least or most_bp; with this share least is {wanted} or more",
    ),
    "limit idle": (
        "часовой предел почти не сработает: {other} пускает не больше {most} и не мягче",
        "the hourly limit hardly ever holds: {other} allows {most} and is no milder",
        "уменьшите most часового предела или смягчите дневной",
        "lower the hourly most or make the daily one milder",
    ),
    "limit circle": (
        "кто перебрал неверных кодов, у того снова спросят код",
        "who gave too many wrong codes is asked for a code again",
        "задайте action refuse или senior",
        "set action refuse or senior",
    ),
    "code unsent": (
        "код спрашивается ({names}), а отправка выключена: поможет только старший",
        "a code is asked for ({names}) and none is sent: only a senior helps",
        "задайте sender или другое действие",
        "set sender or another action",
    ),
    "code on paper": (
        "код подтверждения ({names}) печатается на ленте: его видит кассир",
        "the confirmation code ({names}) is printed on the tape: the cashier sees it",
        "для настоящей проверки задайте другой sender",
        "set another sender for a real check",
    ),
}
