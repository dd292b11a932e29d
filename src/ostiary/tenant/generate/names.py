"""Enough names that a list of thousands looks like one."""


def _words(text: str) -> list[str]:
    return text.split()


GIVEN = _words(
    """
    Ada Ahmed Aiko Aleksandra Ali Amara Ana Anders Anil Anna Antoine Aya Beatriz Bilal Bjørn
    Camille Carlos Chen Chiara Daniel David Diego Elena Elif Emma Erik Eva Fatima Felix Fiona
    Gabriel Giulia Hana Hassan Helena Henrik Hiro Ibrahim Ines Ingrid Ivan Jakub James Jan Joana
    José Julia Kaito Karim Katya Kenji Lars Laura Layla Lea Lena Li Lucas Luca Magda Maja Marco
    Maria Marta Mateo Max Mei Mia Miguel Mina Mohamed Nadia Naoko Nina Noah Nora Olga Oliver
    Omar Oskar Paula Pedro Petra Priya Rafael Ravi Rosa Sara Sofia Stefan Sven Tariq Thomas
    Tomás Ugo Vera Viktor Wei Yara Yuki Yusuf Zofia Zoë
    """
)

FAMILY = _words(
    """
    Abe Ahmed Almeida Andersson Bauer Becker Bianchi Brown Carvalho Castro Chen Cohen Costa Dahl
    Das Diaz Dubois Dvořák Edwards Fernández Fischer Fontaine García Ghosh Grant Haas Hansen
    Harris Hassan Hernández Horvat Huang Ito Ivanov Jansen Johansson Jones Kaya Keller Khan Kim
    Klein Kovács Kowalski Kumar Larsen Lee Lefèvre Li López Maier Martin Meyer Mitchell Moreau
    Müller Nagy Nakamura Nguyen Nielsen Novák Nowak Okafor Olsen Oliveira Patel Pereira Petrov
    Popa Quinn Ramos Rao Reyes Ricci Rossi Roux Russo Sánchez Santos Sato Schmidt Schneider Shah
    Silva Singh Smith Suzuki Tanaka Taylor Torres Tran Vargas Virtanen Wagner Wang Weber White
    Williams Wong Wright Xu Yılmaz Yamamoto Young Zhang Zimmermann
    """
)

DEPARTMENTS = _words(
    """
    Accounting Assembly Audit Branding Claims Compliance Controlling Customer-Care Data Design
    Engineering Events Facilities Field-Service Finance Fleet Health-Safety Infrastructure
    Internal-IT Legal Logistics Maintenance Marketing Payroll People Planning Procurement
    Production Quality Research Retail Risk Sales Security Strategy Support Tax Training
    Treasury Warehouse
    """
)

TITLES = _words(
    """
    Analyst Administrator Architect Assistant Associate Auditor Clerk Consultant Coordinator
    Designer Developer Director Engineer Manager Officer Operator Planner Scientist Specialist
    Technician
    """
)

COUNTRIES = ("CH", "DE", "FR", "GB", "US", "IN", "BR", "JP", "KP")

APP_NAMES = _words(
    """
    Atlas Beacon Cargo Delta Ember Falcon Garnet Harbor Iris Jasper Kestrel Lumen Meridian
    Nimbus Orbit Prism Quartz Raven Summit Tundra Umbra Vector Willow Zenith
    """
)

APP_KINDS = _words(
    """
    API Console Dashboard Gateway Hub Ledger Portal Reports Studio Workspace
    """
)
