Attribute VB_Name = "Launcher"
Option Explicit
' A click -> a request file -> one short Python process (or the resident one), which does the work and answers.
' The macro never waits: it returns at once and looks for the answer every two seconds. ASCII only: what people
' read comes from the sheet "_conf". The same text runs in Excel, WPS and LibreOffice.

Private Const CONF_SHEET As String = "_conf"
Private Const WATCH_SECONDS As Long = 2
Private Const WATCH_TIMES As Long = 20
Private Const RESIDENT_TIMES As Long = 5
Private Const ACCESS_DENIED As Long = -2147024891

Private mRequest As String
Private mTimes As Long

Public Sub RunAction(ByVal actionName As String)
    Dim request As String
    Dim program As String
    On Error GoTo Failed
    If Conf("mode") <> "resident" Then
        program = Located(Conf("python"))
        If LCase(Left(program, 4)) = "http" Then
            Tell "path_url", ThisWorkbook.Path
            Exit Sub
        End If
        If Not FileExists(program) Then
            Tell "no_python", program
            Exit Sub
        End If
    End If
    request = WriteRequest(actionName)
    Application.StatusBar = Conf("text_starting")
    If Conf("mode") <> "resident" Then StartProgram program, request
    mRequest = request
    mTimes = 0
    WatchLater
    Exit Sub
Failed:
    ReportFailure Err.Number, Err.Description
End Sub

Public Sub StopWork()
    On Error GoTo Failed
    WriteText Exchange() & "cancel", "cancel"
    Application.StatusBar = Conf("text_stopping")
    RunLater "ClearStatus"
    Exit Sub
Failed:
    ReportFailure Err.Number, Err.Description
End Sub

Public Sub ClearStatus()
    Application.StatusBar = False
End Sub

Public Sub WatchRequest()
    Dim reply As String
    Dim most As Long
    On Error GoTo Failed
    If mRequest = "" Then Exit Sub
    reply = ReadLine(mRequest & ".reply")
    If reply = "" Then
        mTimes = mTimes + 1
        most = WATCH_TIMES
        If Conf("mode") = "resident" And FileExists(mRequest & ".req") Then most = RESIDENT_TIMES
        If mTimes < most Then
            WatchLater
            Exit Sub
        End If
        Application.StatusBar = False
        RemoveFile mRequest & ".req"
        mRequest = ""
        If most = RESIDENT_TIMES Then
            Tell "no_resident", ""
        Else
            Tell "no_answer", ""
        End If
        Exit Sub
    End If
    RemoveFile mRequest & ".reply"
    mRequest = ""
    If Left(reply, 7) = "failed " Then
        Application.StatusBar = False
        MsgBox Decoded(Mid(reply, 8)), vbExclamation, Conf("text_title")
    End If
    Exit Sub
Failed:
    mRequest = ""
End Sub

Private Sub WatchLater()
    RunLater "WatchRequest"
End Sub

Private Sub RunLater(ByVal macro As String)
    ' By its full name: somebody may have turned to another workbook meanwhile.
    Application.OnTime Now + TimeSerial(0, 0, WATCH_SECONDS), "'" & Replace(ThisWorkbook.Name, "'", "''") & "'!" & macro
End Sub

Private Sub StartProgram(ByVal program As String, ByVal request As String)
    Dim shellObject As Object
    Dim commandLine As String
    commandLine = Quoted(program) & " " & Quoted("-X") & " " & Quoted("utf8") & " " & Quoted("-m") & " " & _
        Quoted("toolkit.excel") & " " & Quoted("--request") & " " & Quoted(request & ".req")
    On Error Resume Next
    Set shellObject = CreateObject("WScript.Shell")
    On Error GoTo 0
    If shellObject Is Nothing Then
        Shell commandLine, 0
    Else
        shellObject.Run commandLine, 0, False
    End If
End Sub

Private Sub ReportFailure(ByVal number As Long, ByVal description As String)
    Application.StatusBar = False
    If number = ACCESS_DENIED Or number = 70 Then
        Tell "blocked", description
    Else
        Tell "not_started", description & " (" & number & ")"
    End If
End Sub

Private Sub Tell(ByVal key As String, ByVal detail As String)
    MsgBox Replace(Conf("text_" & key), "{detail}", detail), vbExclamation, Conf("text_title")
End Sub

Private Function Conf(ByVal key As String) As String
    Dim row As Long
    For row = 1 To 60
        If CStr(ThisWorkbook.Worksheets(CONF_SHEET).Cells(row, 1).Value) = key Then
            Conf = CStr(ThisWorkbook.Worksheets(CONF_SHEET).Cells(row, 2).Value)
            Exit Function
        End If
    Next row
End Function

Private Function WriteRequest(ByVal actionName As String) As String
    Dim stem As String
    Dim body As String
    Dim book As String
    Dim window As String
    If Not ActiveWorkbook Is Nothing Then book = ActiveWorkbook.Name
    window = "0"
    On Error Resume Next
    window = CStr(Application.Hwnd)
    On Error GoTo 0
    Randomize
    stem = Exchange() & CStr(CLng(Date)) & "-" & CStr(CLng(Timer * 100)) & "-" & CStr(Int(Rnd * 1000000))
    body = "action=" & Encoded(actionName) & vbLf & "book=" & Encoded(book) & vbLf & _
        "window=" & Encoded(window) & vbLf & "toolbox=" & Encoded(ThisWorkbook.Name) & vbLf & _
        "home=" & Encoded(ThisWorkbook.Path) & vbLf & "workspace=" & Encoded(Conf("workspace")) & vbLf & _
        "version=" & Encoded(Conf("version")) & vbLf & "lang=" & Encoded(Conf("lang")) & vbLf
    WriteText stem & ".tmp", body
    MoveFile stem & ".tmp", stem & ".req"
    WriteRequest = stem
End Function

Private Function Located(ByVal path As String) As String
    If Left(path, 1) = "/" Or Left(path, 1) = "\" Or Mid(path, 2, 1) = ":" Then
        Located = path
    Else
        Located = ThisWorkbook.Path & Application.PathSeparator & path
    End If
End Function

Private Function Exchange() As String
    Dim folder As String
    Dim mark As String
    mark = Application.PathSeparator
    folder = Environ("TAIZHANG_EXCHANGE")
    If folder = "" And Environ("LOCALAPPDATA") <> "" Then folder = Environ("LOCALAPPDATA") & mark & "taizhang"
    If folder = "" Then folder = Environ("HOME") & mark & ".taizhang"
    MakeFolder folder
    Exchange = folder & mark
End Function

Private Function Files() As Object
    On Error Resume Next
    Set Files = CreateObject("Scripting.FileSystemObject")
End Function

Private Function FileExists(ByVal path As String) As Boolean
    Dim system As Object
    Set system = Files()
    If system Is Nothing Then
        FileExists = (Dir(path) <> "")
    Else
        FileExists = system.FileExists(path)
    End If
End Function

Private Sub MakeFolder(ByVal path As String)
    Dim system As Object
    Set system = Files()
    If system Is Nothing Then
        If Dir(path, vbDirectory) = "" Then MkDir path
    Else
        If Not system.FolderExists(path) Then system.CreateFolder path
    End If
End Sub

Private Sub RemoveFile(ByVal path As String)
    Dim system As Object
    On Error Resume Next
    Set system = Files()
    If system Is Nothing Then
        If Dir(path) <> "" Then Kill path
    Else
        If system.FileExists(path) Then system.DeleteFile path
    End If
End Sub

Private Sub MoveFile(ByVal path As String, ByVal target As String)
    Dim system As Object
    Set system = Files()
    If system Is Nothing Then
        Name path As target
    Else
        system.MoveFile path, target
    End If
End Sub

Private Sub WriteText(ByVal path As String, ByVal body As String)
    Dim system As Object
    Dim number As Integer
    Set system = Files()
    If system Is Nothing Then
        number = FreeFile
        Open path For Output As #number
        Print #number, body
        Close #number
    Else
        With system.CreateTextFile(path, True, False)
            .Write body
            .Close
        End With
    End If
End Sub

Private Function ReadLine(ByVal path As String) As String
    Dim system As Object
    Dim found As String
    Dim number As Integer
    If Not FileExists(path) Then Exit Function
    Set system = Files()
    If system Is Nothing Then
        number = FreeFile
        Open path For Input As #number
        Line Input #number, found
        Close #number
        ReadLine = found
    Else
        With system.OpenTextFile(path, 1)
            If Not .AtEndOfStream Then ReadLine = .ReadLine
            .Close
        End With
    End If
End Function

Private Function Quoted(ByVal text As String) As String
    Quoted = Chr(34) & text & Chr(34)
End Function

Private Function Encoded(ByVal text As String) As String
    Dim at As Long
    Dim code As Long
    For at = 1 To Len(text)
        code = AscW(Mid(text, at, 1))
        If code < 0 Then code = code + 65536
        Encoded = Encoded & Right("000" & Hex(code), 4)
    Next at
End Function

Private Function Decoded(ByVal codes As String) As String
    Dim at As Long
    For at = 1 To Len(codes) - 3 Step 4
        Decoded = Decoded & ChrW(CLng("&H" & Mid(codes, at, 4)))
    Next at
End Function
