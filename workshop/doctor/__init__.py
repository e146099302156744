"""Says which vendors are real, and what on this machine stands in the way of the course.

It reads and changes nothing, contacts a real service only where it is told to and has that
service's own key, and never prints a key.
"""

from workshop import place, real
from workshop.doctor import dotenv_file, machine, network, online, vendors
from workshop.doctor.remarks import Remark, as_json, as_text, exit_code

__all__ = ["Remark", "as_json", "as_text", "examine", "exit_code"]


def examine(ask_services: bool = False) -> list[Remark]:
    """Look at everything, and return what there is to say.

    Args:
        ask_services: whether to ask the real services that the learner has keys of.

    Raises:
        WorkshopError: this is not a checkout of the workshop.
    """
    root = place.root()
    variables = real.read_variables()
    return [
        *vendors.examine(variables),
        *dotenv_file.examine(root),
        *online.examine(variables, ask_services),
        *machine.examine(root),
        *network.examine(root),
    ]
