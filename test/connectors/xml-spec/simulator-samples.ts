/** Every sample request of the platform's contacts document, letter by letter; `line` is where it stands there. */

export interface Sample {
  readonly line: number
  readonly xml: string
}

export const SAMPLES: readonly Sample[] = [
  {
    line: 47,
    xml: `<GetContactsRequest></GetContactsRequest>`,
  },
  {
    line: 51,
    xml: `<GetContactsRequest group_id="9985"></GetContactsRequest>`,
  },
  {
    line: 55,
    xml: `<GetContactsRequest firstname="samuel" lastname="Barthman" email="sbarthman@acmewidgetsllc.com"></GetContactsRequest>`,
  },
  {
    line: 59,
    xml: `<GetContactsRequest updated_timestamp="2012-01-01 07:00:34"></GetContactsRequest>`,
  },
  {
    line: 63,
    xml: `<GetContactsRequest start_lastname="D" end_lastname="Jzzzzzzzzzzzz"></GetContactsRequest>`,
  },
  {
    line: 67,
    xml: `<GetContactsRequest search="john"></GetContactsRequest>`,
  },
  {
    line: 71,
    xml: `<GetContactsRequest Unsubscribed="true"></GetContactsRequest>`,
  },
  {
    line: 75,
    xml: `<GetContactsRequest Unsubscribed="true" Unsubscribed_startdate="20180101" Unsubscribed_enddate="20180131"></GetContactsRequest>`,
  },
  {
    line: 79,
    xml: `<GetContactsRequest Bounced="true"></GetContactsRequest>`,
  },
  {
    line: 83,
    xml: `<GetContactsRequest Bounced="true" Bounced_startdate="20180101" Bounced_enddate="20180131"></GetContactsRequest>`,
  },
  {
    line: 87,
    xml: `<GetContactsRequest account_id="123456"></GetContactsRequest>`,
  },
  {
    line: 91,
    xml: `<GetContactsRequest get_all="true"></GetContactsRequest>`,
  },
  {
    line: 95,
    xml: `<GetContactsRequest get_all="true" response="json"></GetContactsRequest>`,
  },
  {
    line: 99,
    xml: `<GetContactsRequest get_all="true" response="json" start_chunk_page="1"></GetContactsRequest>`,
  },
  {
    line: 103,
    xml: `<GetContactsRequest get_all="true" response="json" start_chunk_page="0" start_chunk_size="200"></GetContactsRequest>`,
  },
  {
    line: 107,
    xml: `<GetContactsRequest get_all="true" do_lead_scoring="true"></GetContactsRequest>`,
  },
  {
    line: 111,
    xml: `<GetContactsRequest start_chunk_page="0"></GetContactsRequest>`,
  },
  {
    line: 115,
    xml: `<GetContactsRequest firstname="John" start_chunk_page="2"></GetContactsRequest>`,
  },
  {
    line: 119,
    xml: `<GetContactsRequest group_id="4" start_chunk_page="1" start_chunk_size="50"></GetContactsRequest>`,
  },
  {
    line: 123,
    xml: `<GetContactsRequest account_id="4" start_chunk_page="0" start_chunk_size="50"></GetContactsRequest>`,
  },
  {
    line: 313,
    xml: `<AddContactsRequest>
    <Contacts>
        <Contact request_id="a1b2c3">
            <Firstname>Jefferey</Firstname>
            <Lastname>Johnson</Lastname>
            <Title>CEO</Title>
            <Company>Acme Widgets, LLC</Company>
            <Address1>101 First Street</Address1>
            <Address2>Suite 234</Address2>
            <City>Naperville</City>
            <State>IL</State>
            <Zip>60565</Zip>
            <Country>USA</Country>
            <Phone>630-305-9999</Phone>
            <Mobile>708-555-6565</Mobile>
            <Fax>630-305-9988</Fax>
            <Website>http://www.acmewidgetsllc.com</Website>
            <Email>jjohnson@acmewidgetsllc.com</Email>
            <Birthdate>19690823</Birthdate>
            <Gender>male</Gender>
            <Hometown>Abbotsville</Hometown>
            <Height>73</Height>
            <Weight>220</Weight>
            <SkillsAndInterests>Stock car racing, football</SkillsAndInterests>
            <Bio>Some biographical information</Bio>
            <Notes>Some notes</Notes>
            <UserDefinedFields>
                <UserDefinedField fieldnum="123">Dog</UserDefinedField>
                <UserDefinedField fieldname="Fruits">Apple</UserDefinedField>
                <UserDefinedField fieldname="Checkboxes Type Example">Football,Basketball,Tennis</UserDefinedField>
                <UserDefinedField fieldname="Date Type Example">20231023</UserDefinedField>
            </UserDefinedFields>
            <Groups>
                <Group>groupname1</Group>
                <Group>groupname2</Group>
            </Groups>
            <Tags>
                <Tag>Tag Name</Tag>
                <Tag>Long Tag Name</Tag>
            </Tags>
            <SecondaryCompanies>
                <SecondaryCompany>
                    <CompanyID>3</CompanyID>
                </SecondaryCompany>
                <SecondaryCompany>
                    <CompanyName>Company DEF</CompanyName>
                </SecondaryCompany>
            </SecondaryCompanies>
        </Contact>
        <Contact request_id="d4e5f6">
            <Firstname>Sam</Firstname>
            <Lastname>Bartman</Lastname>
            <Title>CFO</Title>
            <CompanyID>1</CompanyID>
            <Address1>101 First Street</Address1>
            <Address2>Suite 234</Address2>
            <City>Naperville</City>
            <State>IL</State>
            <Zip>60565</Zip>
            <Country>USA</Country>
            <Phone>630-305-9999</Phone>
            <Mobile>708-555-6565</Mobile>
            <Fax>630-305-9988</Fax>
            <Website>http://www.acmewidgetsllc.com</Website>
            <Email>jjohnson@acmewidgetsllc.com</Email>
            <Birthdate>19830623</Birthdate>
            <Gender>male</Gender>
            <Hometown>Flint, MI</Hometown>
            <Height>70</Height>
            <Weight>182</Weight>
            <SkillsAndInterests>Accounting, taxes</SkillsAndInterests>
            <Bio>Some more biographical information</Bio>
            <Notes>Some more notes</Notes>
            <UserDefinedFields>
                <UserDefinedField fieldnum="123">Dog</UserDefinedField>
                <UserDefinedField fieldname="Fruits">Apple</UserDefinedField>
                <UserDefinedField fieldname="Checkboxes Type Example">Football,Basketball,Tennis</UserDefinedField>
                <UserDefinedField fieldname="Date Type Example">20231023</UserDefinedField>
            </UserDefinedFields>
            <Groups>
                <Group>groupname3</Group>
                <Group>groupname4</Group>
            </Groups>
            <Tags>
                <Tag>Tag Name</Tag>
                <Tag>Long Tag Name</Tag>
            </Tags>
            <SecondaryCompanies>
                <SecondaryCompany>
                    <CompanyID>3</CompanyID>
                </SecondaryCompany>
                <SecondaryCompany>
                    <CompanyName>Company DEF</CompanyName>
                </SecondaryCompany>
            </SecondaryCompanies>
            <WorkflowID>4</WorkflowID>
        </Contact>
    </Contacts>
</AddContactsRequest>`,
  },
  {
    line: 415,
    xml: `<AddContactsRequest>
    <Contacts>
        <Contact account_id="123456">
            <Firstname>Jefferey</Firstname>
            <Lastname>Johnson</Lastname>
            <Title>CEO</Title>
            <Company>Acme Widgets, LLC</Company>
            <Address1>101 First Street</Address1>
            <Address2>Suite 234</Address2>
            <City>Naperville</City>
            <State>IL</State>
            <Zip>60565</Zip>
            <Country>USA</Country>
            <Phone>630-305-9999</Phone>
            <Mobile>708-555-6565</Mobile>
            <Fax>630-305-9988</Fax>
            <Website>http://www.acmewidgetsllc.com</Website>
            <Email>jjohnson@acmewidgetsllc.com</Email>
            <Birthdate>19891119</Birthdate>
            <Gender>male</Gender>
            <Hometown>Mobile, AL</Hometown>
            <Height>72</Height>
            <Weight>195</Weight>
            <SkillsAndInterests>Race car driving, manufacturing</SkillsAndInterests>
            <Bio>Some biographical information</Bio>
            <Notes>Some notes</Notes>
            <UserDefinedFields>
                <UserDefinedField fieldnum="123">Dog</UserDefinedField>
                <UserDefinedField fieldname="Fruits">Apple</UserDefinedField>
                <UserDefinedField fieldname="Checkboxes Type Example">Football,Basketball,Tennis</UserDefinedField>
                <UserDefinedField fieldname="Date Type Example">20231023</UserDefinedField>
            </UserDefinedFields>
            <Groups>
                <Group>groupname1</Group>
                <Group>groupname2</Group>
            </Groups>
            <Tags>
                <Tag>Tag Name</Tag>
                <Tag>Long Tag Name</Tag>
            </Tags>
        </Contact>
    </Contacts>
</AddContactsRequest>`,
  },
  {
    line: 461,
    xml: `<AddContactsRequest update="true">
    <Contacts>
        <Contact>
            <Firstname>Jefferey</Firstname>
            <Lastname>Johnson</Lastname>
            <Title>CEO</Title>
            <CompanyID>1</CompanyID>
            <Address1>101 First Street</Address1>
            <Address2>Suite 234</Address2>
            <City>Naperville</City>
            <State>IL</State>
            <Zip>60565</Zip>
            <Country>USA</Country>
            <Phone>630-305-9999</Phone>
            <Mobile>708-555-6565</Mobile>
            <Fax>630-305-9988</Fax>
            <Website>http://www.acmewidgetsllc.com</Website>
            <Email>jjohnson@acmewidgetsllc.com</Email>
            <Birthdate>19891119</Birthdate>
            <Gender>male</Gender>
            <Hometown>Mobile, AL</Hometown>
            <Height>72</Height>
            <Weight>195</Weight>
            <SkillsAndInterests>Race car driving, manufacturing</SkillsAndInterests>
            <Bio>Some biographical information</Bio>
            <Notes>Some notes</Notes>
            <UserDefinedFields>
                <UserDefinedField fieldnum="123">Dog</UserDefinedField>
                <UserDefinedField fieldname="Fruits">Apple</UserDefinedField>
                <UserDefinedField fieldname="Checkboxes Type Example">Football,Basketball,Tennis</UserDefinedField>
                <UserDefinedField fieldname="Date Type Example">20231023</UserDefinedField>
            </UserDefinedFields>
            <Groups replace="true">
                <Group>groupname1</Group>
                <Group>groupname2</Group>
            </Groups>
            <Tags>
                <Tag>Tag Name</Tag>
                <Tag>Long Tag Name</Tag>
            </Tags>
        </Contact>
    </Contacts>
</AddContactsRequest>`,
  },
  {
    line: 548,
    xml: `<EditContactsRequest>
    <Contacts>
        <Contact contact_id="8984" request_id="a1b2c3">
            <Firstname>Jefferey</Firstname>
            <Lastname>Johnson</Lastname>
            <Title>CEO</Title>
            <Company>Acme Widgets, LLC</Company>
            <Address1>101 First Street</Address1>
            <Address2>Suite 234</Address2>
            <City>Naperville</City>
            <State>IL</State>
            <Zip>60565</Zip>
            <Country>USA</Country>
            <Phone>630-305-9999</Phone>
            <Mobile>708-555-6565</Mobile>
            <Fax>630-305-9988</Fax>
            <Website>http://www.acmewidgetsllc.com</Website>
            <Email>jjohnson@acmewidgetsllc.com</Email>
            <Birthdate>19870501</Birthdate>
            <Gender>male</Gender>
            <Hometown>Mobile, AL</Hometown>
            <Height>72</Height>
            <Weight>195</Weight>
            <SkillsAndInterests>Race car driving, manufacturing</SkillsAndInterests>
            <Bio>Some biographical information</Bio>
            <Notes>Some notes</Notes>
            <UserDefinedFields>
                <UserDefinedField fieldnum="123">Dog</UserDefinedField>
                <UserDefinedField fieldname="Fruits">Apple</UserDefinedField>
                <UserDefinedField fieldname="Checkboxes Type Example">Football,Basketball,Tennis</UserDefinedField>
                <UserDefinedField fieldname="Date Type Example">20231023</UserDefinedField>
            </UserDefinedFields>
            <Tags>
                <Tag>Tag Name</Tag>
                <Tag>Long Tag Name</Tag>
            </Tags>
            <SecondaryCompanies>
                <SecondaryCompany remove="true">
                    <CompanyID>3</CompanyID>
                </SecondaryCompany>
                <SecondaryCompany>
                    <CompanyName>Company DEF</CompanyName>
                </SecondaryCompany>
            </SecondaryCompanies>
        </Contact>
        <Contact firstname="samuel" lastname="Barthman" email="sbarthman@acmewidgetsllc.com" request_id="d4e5f6">
            <Firstname>Sam</Firstname>
            <Lastname>Bartman</Lastname>
            <Title>CFO</Title>
            <CompanyID>1</CompanyID>
            <Address1>101 First Street</Address1>
            <Address2>Suite 234</Address2>
            <City>Naperville</City>
            <State>IL</State>
            <Zip>60565</Zip>
            <Country>USA</Country>
            <Phone>630-305-9999</Phone>
            <Mobile>708-555-6565</Mobile>
            <Fax>630-305-9988</Fax>
            <Website>http://www.acmewidgetsllc.com</Website>
            <Email>sbartman@acmewidgetsllc.com</Email>
            <Birthdate>19910323</Birthdate>
            <Gender>male</Gender>
            <Hometown>Mobile, AL</Hometown>
            <Height>72</Height>
            <Weight>195</Weight>
            <SkillsAndInterests>Race car driving, manufacturing</SkillsAndInterests>
            <Bio>Some biographical information</Bio>
            <Notes>Some notes</Notes>
            <UserDefinedFields>
                <UserDefinedField fieldnum="123">Dog</UserDefinedField>
                <UserDefinedField fieldname="Fruits">Apple</UserDefinedField>
                <UserDefinedField fieldname="Checkboxes Type Example">Football,Basketball,Tennis</UserDefinedField>
                <UserDefinedField fieldname="Date Type Example">20231023</UserDefinedField>
            </UserDefinedFields>
            <Tags>
                <Tag>Tag Name</Tag>
                <Tag>Long Tag Name</Tag>
            </Tags>
            <SecondaryCompanies>
                <SecondaryCompany remove="true">
                    <CompanyID>3</CompanyID>
                </SecondaryCompany>
                <SecondaryCompany>
                    <CompanyName>Company DEF</CompanyName>
                </SecondaryCompany>
            </SecondaryCompanies>
        </Contact>
    </Contacts>
</EditContactsRequest>`,
  },
  {
    line: 641,
    xml: `<EditContactsRequest>
    <Contacts>
        <Contact account_id="12345" contact_id="8984">
            <UpdatedTimeStamp>2012-08-30 12:12:33</UpdatedTimeStamp>
            <Firstname>Jefferey</Firstname>
            <Lastname>Johnson</Lastname>
            <Title>CEO</Title>
            <Company>Acme Widgets, LLC</Company>
            <Address1>101 First Street</Address1>
            <Address2>Suite 234</Address2>
            <City>Naperville</City>
            <State>IL</State>
            <Zip>60565</Zip>
            <Country>USA</Country>
            <Phone>630-305-9999</Phone>
            <Mobile>708-555-6565</Mobile>
            <Fax>630-305-9988</Fax>
            <Website>http://www.acmewidgetsllc.com</Website>
            <Email>jjohnson@acmewidgetsllc.com</Email>
            <Birthdate>19840823</Birthdate>
            <Gender>male</Gender>
            <Hometown>Mobile, AL</Hometown>
            <Height>72</Height>
            <Weight>195</Weight>
            <SkillsAndInterests>Race car driving, manufacturing</SkillsAndInterests>
            <Bio>Some biographical information</Bio>
            <Notes>Some notes</Notes>
            <UserDefinedFields>
                <UserDefinedField fieldnum="123">Dog</UserDefinedField>
                <UserDefinedField fieldname="Fruits">Apple</UserDefinedField>
                <UserDefinedField fieldname="Checkboxes Type Example">Football,Basketball,Tennis</UserDefinedField>
                <UserDefinedField fieldname="Date Type Example">20231023</UserDefinedField>
            </UserDefinedFields>
            <Tags>
                <Tag>Tag Name</Tag>
                <Tag>Long Tag Name</Tag>
            </Tags>
        </Contact>
    </Contacts>
</EditContactsRequest>`,
  },
  {
    line: 684,
    xml: `<EditContactsRequest>
    <Contacts>
        <Contact contact_id="817">
            <Firstname>Jefferey</Firstname>
            <Lastname>Johnson</Lastname>
            <Email>jjohnson@acmewidgetsllc.com</Email>
            <Groups replace="true">
                <Group>Group A</Group>
                <Group>Group B</Group>
            </Groups>
        </Contact>
        <Contact contact_id="818">
            <Firstname>Sam</Firstname>
            <Lastname>Bartman</Lastname>
            <Email>sbartman@acmewidgetsllc.com</Email>
            <Groups>
                <Group>Group A</Group>
            </Groups>
        </Contact>
    </Contacts>
</EditContactsRequest>`,
  },
  {
    line: 741,
    xml: `<DeleteContactsRequest>
    <Contacts>
        <Contact contact_id="8984" request_id="a1b2c3" />
        <Contact contact_id="8983" request_id="d4e5f6" />
    </Contacts>
</DeleteContactsRequest>`,
  },
  {
    line: 750,
    xml: `<DeleteContactsRequest>
    <Contacts>
        <Contact account_id="12345" contact_id="8984" />
        <Contact account_id="12346" contact_id="8983" />
    </Contacts>
</DeleteContactsRequest>`,
  },
  {
    line: 786,
    xml: `<SearchContactsRequest group_id='4'>
    <From>single</From>
    <Groups>
        <Group>4</Group>
    </Groups>
    <Filter>any</Filter>
    <Rules>
        <Rule>
            <Field>ID</Field>
            <Operator>contains</Operator>
            <Value>123</Value>
        </Rule>
        <Rule>
            <Field>ID</Field>
            <Operator>contains</Operator>
            <Value>124</Value>
        </Rule>
        <Rule>
            <Field>LastModified</Field>
            <Range>after</Range>
            <Date>2017/08/20</Date>
        </Rule>
        <Rule>
            <Field>ContactCreated</Field>
            <Range>between</Range>
            <Date>2017/08/20</Date>
            <Date2>2017/08/25</Date2>
        </Rule>
    </Rules>
    <Includes>
        <Unsubscribers>Y</Unsubscribers>
        <BouncedContacts>Y</BouncedContacts>
        <SpamComplaints>Y</SpamComplaints>
        <DuplicateEmails>Y</DuplicateEmails>
        <ActiveMembers>Y</ActiveMembers>
        <ProspectMembers>Y</ProspectMembers>
        <InactiveMembers>Y</InactiveMembers>
    </Includes>
    <OrderBy>ID</OrderBy>
    <OrderDirection>desc</OrderDirection>
    <Page>1</Page>
</SearchContactsRequest>`,
  },
  {
    line: 870,
    xml: `<UnsubscribeContactsRequest>
    <Contacts>
        <Contact contact_id="8984" request_id="a1b2c3" />
        <Contact contact_id="8983" request_id="d4e5f6" />
    </Contacts>
</UnsubscribeContactsRequest>`,
  },
  {
    line: 879,
    xml: `<UnsubscribeContactsRequest>
    <Contacts>
        <Contact account_id="12345" contact_id="8984" />
        <Contact account_id="12346" contact_id="8983" />
    </Contacts>
</UnsubscribeContactsRequest>`,
  },
  {
    line: 915,
    xml: `<GetContactGroupsRequest contact_id="8984"></GetContactGroupsRequest>`,
  },
  {
    line: 947,
    xml: `<GetUserDefinedFieldsRequest></GetUserDefinedFieldsRequest>`,
  },
  {
    line: 951,
    xml: `<GetUserDefinedFieldsRequest account_id="1392"></GetUserDefinedFieldsRequest>`,
  },
  {
    line: 955,
    xml: `<GetUserDefinedFieldsRequest updated_timestamp="2012-08-01 12:00:00"></GetUserDefinedFieldsRequest>`,
  },
  {
    line: 997,
    xml: `<AddUserDefinedFieldRequest group_id="9902">
    <FieldName>Fruits</FieldName>
    <FieldType>Select</FieldType>
    <PossibleValues>Orange,Apple,Banana</PossibleValues>
    <ContactEditable>Visible</ContactEditable>
</AddUserDefinedFieldRequest >`,
  },
  {
    line: 1006,
    xml: `<AddUserDefinedFieldRequest group_id="0">
    <FieldName>MyUserDefinedField2</FieldName>
</AddUserDefinedFieldRequest >`,
  },
  {
    line: 1033,
    xml: `<EditUserDefinedFieldRequest group_id="9902">
    <FieldName>Favorite Animal</FieldName>
    <FieldType>Checkbox</FieldType>
    <PossibleValues>Dog,Cat,Monkey</PossibleValues>
    <ContactEditable>Editable</ContactEditable>
</EditUserDefinedFieldRequest>`,
  },
  {
    line: 1042,
    xml: `<EditUserDefinedFieldRequest group_id="0">
    <FieldName>MyUserDefinedField2</FieldName>
</EditUserDefinedFieldRequest>`,
  },
  {
    line: 1069,
    xml: `<DeleteUserDefinedFieldRequest>
    <FieldName>Favorite Animal</FieldName>
</DeleteUserDefinedFieldRequest>`,
  },
]
