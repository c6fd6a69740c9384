"""What flags may say, and the sentence for what they may not (exit 2)."""

from click import BadParameter, Context, IntRange, Parameter, ParamType

from aggregator.config.addresses import host_and_port


def listening(_context: object, _option: object, text: str | None) -> str | None:
    """Return HOST:PORT as it was given, if it is that."""
    try:
        if text is not None:
            host_and_port(text)
    except ValueError as error:
        raise BadParameter(str(error)) from error
    return text


class Count(IntRange):
    """A whole number from 1 on, up to `most` if there is one."""

    def __init__(self, most: int | None = None) -> None:
        super().__init__(1, most)

    def convert(self, value: int, param: Parameter | None, ctx: Context | None) -> int:
        """Return the number; BadParameter says which ones may be given."""
        try:
            number: int = super().convert(value, param, ctx)
        except BadParameter as error:
            bounds = f"from 1 to {self.max}" if self.max else "from 1 on"
            raise BadParameter(
                f"{value!r} is no whole number {bounds}", ctx, param
            ) from error
        return number


class Text(ParamType[str, str]):
    """A text as it was typed, or, for people to read, in one line without controls."""

    name = "text"

    def __init__(self, *, in_one_line: bool = False) -> None:
        self.in_one_line = in_one_line

    def convert(self, value: str, param: Parameter | None, ctx: Context | None) -> str:
        """Return the text; BadParameter if a byte of it is none in UTF-8."""
        try:
            value.encode()
        except UnicodeEncodeError:
            self.fail(f"{value!r} is no text in UTF-8", param, ctx)
        if self.in_one_line:
            from aggregator.text import markup

            return markup.plain(value, "text/plain")
        return value
