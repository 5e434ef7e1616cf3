"""Names for the demo schools: of the kinds that stand in registers all over the United Kingdom."""

from typing import Final

_GIVEN: Final = """
Aaliyah Aaron Abdul Abigail Ada Adam Adele Agnieszka Aisha Alex Alfie Alicja Amara Amelia Amina Andrei Anna Anaïs Anthony
Aoife Archie Arjun Arthur Ava Ayesha Bartosz Beatrice Ben Bethan Brooke Caitlin Callum Carys Catrin Charlie Chidi Chloe Ciara
Daisy Daniel Dariusz David Deepika Dylan Ebony Eilidh Eleanor Elif Ella Ellie-Mae Elliot Emeka Emily Emma Ethan Evie Ewan
Faith Farah Fatima Femi Finlay Fiona Florence Freya Gabriel George Gethin Grace Gurpreet Habiba Hannah Harriet Harry Haroon
Hassan Henry Holly Hugo Ibrahim Imogen Ines Isaac Isla Ivy Jack Jacob Jade James Jamie Jasmine Jayden Jean-Luc Jemima Jessica
Joshua José Kai Kamal Katarzyna Katie Kayleigh Keira Kofi Krishna Kwame Lara Layla Leila Leo Lewis Lily Lola Louis Lucas Lucy
Łukasz Maeve Maisie Malik Mariam Martha Mason Matilda Max Maya Megan Mei-Ling Mia Michał Mohammed Molly Morgan Muhammad Nadia
Naomi Nathan Niamh Nia Noah Nour Oliver Olivia Omar Oscar Owen Padraig Parveen Phoebe Poppy Priya Quentin Rahul Raj Rebecca
Reece Rhys Riley Robyn Rohan Rory Rosie Ruby Ryan Sadia Saffron Saira Sam Sana Saoirse Sara Scarlett Sebastian Seán Sennen
Shanice Sian Siân Simran Sofia Sophie Stanley Sukhdeep Summer Tariq Tegan Temi Theo Thomas Toby Tomasz Toyin Tyler Umar
Valentina Victor Violet Wei William Winifred Xanthe Yasmin Yusuf Zac Zahra Zara Zoë Zofia
"""
_FAMILY: Final = """
Abbott Abdi Achebe Adams Adeyemi Agarwal Ahmed Akhtar Ali Allen Anderson Andrews Appiah Armstrong Asante Atkinson Bailey Baker
Banerjee Barker Barnes Begum Bell Bennett Bhatt Boateng Bose Bradley Brennan Brown Burke Butler Byrne Campbell Carter Chan
Chapman Chaudhry Chen Choudhury Clarke Collins Cook Cooper Cox Craig Cruz Cunningham Daly Davies Dawson Dębski Desai Dhillon
Diallo Dixon Doherty Douglas Doyle Dubois Edwards Ellis Evans Farrell Faulkner Fernandes Fisher Fitzgerald Fletcher Foster Fox
Garcia Gibson Gill Gordon Graham Grant Gray Green Griffiths Hall Hamilton Harris Harrison Hart Haughey Hernández Hill Holmes
Howells Hughes Hunt Hussain Ibrahim Iqbal Islam Jackson Jenkins Jennings Johnson Jones Joseph Joshi Kamara Kaur Kelly Kennedy
Khan Kim King Knight Kowalczyk Kowalska Kumar Lam Lawson Lee Lewis Li Lloyd Lopes Lowe Lynch Macdonald Mahmood Malik Marsh
Martin Mason Matthews May Mbeki McCarthy McKenna Mehta Mensah Miah Miller Mills Mistry Mitchell Mohamed Moore Morgan Morris
Murphy Murray Müller Nguyen Nkosi Novák Nowak Okafor Okonkwo Olsen Osman Owen Owusu Palmer Park Parker Patel Pereira Perry
Phillips Popescu Powell Pratt Price Quinn Rahman Rai Reddy Reid Reilly Rees Richards Roberts Robinson Rogers Rose Ross Russell
Ryan Saleh Santos Saunders Scott Shah Sharma Shaw Silva Simpson Singh Sinclair Smith Stevens Stewart Sullivan Suleiman Sutton
Taylor Thapa Thomas Thompson Thornton Tran Turner Ulrich Uddin Vaughan Vogel Walker Wallace Walsh Wang Ward Warsame Watson
Webb Weaver White Williams Wilson Wong Wood Wright Yılmaz Young Yusuf Zhang Zieliński
"""
_OF_OTHER_FORM: Final = (
    "O'Brien",
    "O'Connor",
    "O’Neill",
    "D'Souza",
    "Smith-Jones",
    "Owusu-Ansah",
    "Taylor-Khan",
    "Fitz-Patrick",
    "de Souza",
    "van der Berg",
    "al-Hassan",
    "ap Rhys",
    "St John",
    "Mac an Bhaird",
)
GIVEN: Final = tuple(_GIVEN.split())
FAMILY: Final = (*_FAMILY.split(), *_OF_OTHER_FORM)
LETTERS: Final = str.maketrans({"ł": "l", "Ł": "L", "ı": "i", "ø": "o", "Ø": "O", "ß": "ss", "đ": "d"})
